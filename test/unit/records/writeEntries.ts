import { captionChange } from '../../../src/records/captionChange';
import { originsOf, type CaptionOrigins } from '../../../src/records/originsOf';
import type { Author, RecordEntry } from '../../../src/records/recordEntry';
import { updatedCaption } from '../../../src/records/updateCaption';
import { defaultWriteOptions, type WriteOptions } from '../../../src/tags/writeMode';

export const tagger: Author = { by: 'tagger', name: 'wd', job: 'j1' };

export const update: WriteOptions = { ...defaultWriteOptions, mode: 'update' };

interface WriteFlags {
  crashed?: boolean;
  /** what the tagger found */
  tags?: readonly string[];
  kind?: RecordEntry['kind'];
}

/** A caption with its record, as jobs and persons change it. */
export class RecordedCaption {
  readonly entries: RecordEntry[] = [];

  constructor(public text = '') {}

  get origins(): CaptionOrigins {
    return originsOf(this.entries, this.text);
  }

  /** Who wrote each part, such as `hat: hand`. */
  get writers(): string[] {
    return this.origins.parts.map(({ text, by, name = '' }) => `${text}: ${by}${name === 'wd' ? '' : name}`);
  }

  get deleted(): string[] {
    return this.origins.deleted.map(({ text }) => text);
  }

  /** Somebody writes with a record. `crashed`: the process dies between the record and the caption */
  write(
    text: string,
    author: Author = tagger,
    { crashed = false, tags = [], kind = 'written' }: WriteFlags = {},
  ): this {
    const given = author.by === 'tagger' ? new Map(tags.map((tag, index) => [tag, 0.9 - index / 100])) : 'all';
    const change = captionChange(this.text, text, kind === 'undone' ? new Map() : given);
    const when = 1000 * (this.entries.length + 1);
    this.entries.push({ kind, caption: 'a.txt', when, author, isDone: !crashed, ...change });
    if (!crashed) this.text = text;
    return this;
  }

  /** A tagger replaces the caption. */
  replace(...tags: string[]): this {
    return this.write(tags.join(', '), tagger, { tags });
  }

  /** A tagger writes in mode `update`. */
  update(tags: readonly string[], { crashed = false, author = tagger, options = update } = {}): this {
    const text = updatedCaption(this.text, this.origins, tags, options);
    return text === this.text ? this : this.write(text, author, { tags, crashed });
  }

  /** A person edits the file with any program. */
  hand(text: string): this {
    this.text = text;
    return this;
  }
}
