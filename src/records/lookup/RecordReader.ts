import { SerialQueue } from '../../base/SerialQueue';
import { errno } from '../../base/errno';
import { originsOf, type CaptionOrigins } from '../originsOf';
import type { OriginTerm } from '../../dataset/query/QueryNode';
import { originTest } from './originTerms';
import { RecordIndex, type CaptionQuestion, type FoundRename } from './RecordIndex';

/** How often a question is retried because files were merged meanwhile. */
const attempts = 3;

/** Answers questions about captions by the records of a dataset, one after the other. */
export class RecordReader {
  private readonly index: RecordIndex;
  private readonly queue = new SerialQueue();

  /** @param root of the records, absolute */
  constructor(root: string) {
    this.index = new RecordIndex(root);
  }

  /** Takes renames that were found out, and that no record says. */
  rename(found: readonly FoundRename[]): void {
    this.index.rename(found);
  }

  /** Who wrote what, by all records up to now. @throws errors of the disk */
  originsOf(questions: readonly CaptionQuestion[]): Promise<CaptionOrigins[]> {
    return this.ask(questions, true, () => this.index.originsOf(questions));
  }

  /**
   * Which captions match which terms.
   * @param isFirst first read what was recorded since the last question
   * @returns for each caption a byte for each term: 1 if it matches
   * @throws errors of the disk
   */
  matches(questions: readonly CaptionQuestion[], terms: readonly OriginTerm[], isFirst: boolean): Promise<Uint8Array> {
    const tests = terms.map(originTest);
    return this.ask(questions, isFirst, () => {
      const matches = new Uint8Array(questions.length * terms.length);
      let at = 0;
      this.index.each(questions, ({ text, seen }, entries) => {
        let known: CaptionOrigins | undefined;
        const caption = {
          entries,
          text,
          get origins() {
            return (known ??= originsOf(entries, text, seen));
          },
        };
        for (const test of tests) matches[at++] = test(caption) ? 1 : 0;
      });
      return matches;
    });
  }

  /** The names of taggers and captioners in the records. @throws errors of the disk */
  names(): Promise<string[]> {
    return this.ask([], true, () => this.index.names);
  }

  /** The files of a later version of the program that were found so far. */
  get laterFiles(): string[] {
    return [...this.index.laterFiles];
  }

  private ask<Answer>(questions: readonly CaptionQuestion[], refresh: boolean, answer: () => Answer): Promise<Answer> {
    return this.queue.run(async () => {
      const isNew = this.index.lookAt(questions.map(({ caption }) => caption));
      if (refresh || isNew) await this.index.refresh();
      for (let attempt = 1; ; attempt++) {
        try {
          return answer();
        } catch (thrown) {
          if (errno(thrown) !== 'ENOENT' || attempt === attempts) throw thrown;
          // Its files were merged into another meanwhile.
          this.index.reset();
          await this.index.refresh();
        }
      }
    });
  }
}
