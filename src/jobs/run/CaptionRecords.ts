import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Caption } from '../../dataset/captions/Caption';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { FileWrite } from '../../dataset/files/FileWriter';
import { noop } from '../../base/noop';
import { errorMessage } from '../../protocol/channel/wireError';
import { compactRecords } from '../../records/compactRecords';
import type { Author } from '../../records/recordEntry';
import { recordFolderOf } from '../../records/recordFolder';
import { entriesOfTagger } from '../../records/edits/entriesOfTagger';
import { deletionNote } from '../../records/edits/recognisedCaptions';
import { RecordError } from '../../records/RecordError';
import { RecordWriter } from '../../records/RecordWriter';
import { textOfRaw } from '../../tags/captionText';
import { coreOf } from '../../tags/captionGrammar';
import type { FoundTags } from '../../tags/FoundTags';
import type { WriteOptions } from '../../tags/writeMode';
import type { Found } from '../captionJob';
import type { JobManifest } from '../jobTypes';
import { CaptionTexts, laterRecords, notLookedUp } from './CaptionTexts';
import { jobAuthor } from './jobAuthor';

/** What a tagger or captioner found for a caption. */
interface FoundForCaption {
  found: FoundTags;
  /** absolute */
  picture: string;
  author: Author;
}

/**
 * The records of a job: who wrote what in the captions that it changes, written before the caption itself; and what
 * earlier records say, for the write mode `update`. A failure to record is reported once and never stops the job.
 */
export class CaptionRecords {
  private readonly root: string;
  /** what captions become, and what a captioner is asked */
  readonly texts: CaptionTexts;
  private readonly author: Author;
  private readonly isOn: boolean;
  private writer: RecordWriter | undefined;
  /** what was found for the captions that are about to be written, by the absolute paths of their files */
  private readonly found = new Map<string, FoundForCaption>();
  /** captions that were left as they are, whose records are in flight */
  private readonly seenOnes = new Set<Promise<void>>();
  private isSaid = false;
  private isBegun = false;

  /** @param onNote called with a sentence for the user: the folder of records is new, or a record failed */
  constructor(
    private readonly manifest: JobManifest,
    private readonly onNote: (note: string, isProblem: boolean) => void,
  ) {
    this.isOn = manifest.write.records !== 'off';
    this.texts = new CaptionTexts(manifest);
    this.root = this.texts.root;
    this.author = jobAuthor(manifest);
    const { records = 'dataset' } = manifest.write;
    if (records !== 'off') this.writer = new RecordWriter(this.root, undefined, Date.now, records);
  }

  /** Reads what records say of captions, if the job needs it. @throws the signal's reason */
  async read(captions: readonly Caption[], signal: AbortSignal): Promise<void> {
    if (!this.texts.needsRecords) return;
    // Parts that this job removed without recording it would count as deleted by hand.
    await this.prove();
    try {
      const known = await this.texts.read(captions, signal);
      this.writer?.comesAfter(known.history.lastOfAll);
      // If this cannot be recorded, the next job finds it out again.
      for (const one of known.renamed) await this.writer?.move(one).catch(noop);
      const { writer } = this;
      if (writer !== undefined) {
        await Promise.all(known.recognised.map((one) => writer.write(deletionNote(one)).catch(noop)));
      }
      const later = laterRecords(known);
      if (later !== undefined) this.say(later);
    } catch (thrown) {
      signal.throwIfAborted();
      this.say(notLookedUp(thrown));
    }
  }

  private async prove(): Promise<void> {
    this.begin();
    try {
      await this.writer?.begin();
    } catch (thrown) {
      await this.giveUp(thrown);
    }
  }

  /** Makes the new text of a caption. Remembers what was found, for the entry of the write that follows. */
  textOf(caption: Caption, existing: string, found: Found, options: WriteOptions): string {
    const { root } = this.manifest;
    const picture = path.join(root, caption.images[0] ?? '');
    const text = this.texts.textOf(caption, existing, found, options, this.writer !== undefined);
    if (this.isOn) {
      const author = this.authorOf(caption, existing);
      const wanted =
        'tags' in found
          ? found
          : this.texts.givenBy(
              existing,
              text,
              this.texts.outputOf(caption, existing, found.prose),
              author.separator ?? ',',
            );
      this.found.set(path.join(root, caption.path), { found: wanted, picture, author });
    }
    return text;
  }

  /** The author of a write, with the separator of the caption's tags. */
  private authorOf(caption: Caption, existing: string): Author {
    if (this.manifest.write.mode !== 'update') return this.author;
    const separator = this.texts.separatorOf(caption, existing);
    const author = { ...this.author, separator };
    if (coreOf(separator) === ',') delete (author as Author).separator;
    return author;
  }

  /** Records a write before it is done. Does not throw. @returns to be called when the file was written */
  async record({ file, content, expected }: FileWrite): Promise<() => void> {
    const { writer } = this;
    const { found, picture, author = this.author } = this.found.get(file) ?? {};
    this.found.delete(file);
    if (writer === undefined || found === undefined || content instanceof Uint8Array) return noop;
    const { manifest } = this;
    this.begin();
    const info = picture === undefined ? undefined : await stat(picture).catch(() => undefined);
    const [first, ...rest] = entriesOfTagger({
      caption: datasetPathOf(this.root, file),
      before: typeof expected === 'string' ? textOfRaw(expected) : '',
      // An emptied caption has no file any more.
      after: textOfRaw(content ?? ''),
      found,
      asked: askedFor(manifest),
      author,
    });
    if (first === undefined) return noop;
    const sized = { ...first, ...(info === undefined ? {} : { pictureSize: info.size }) };
    try {
      // Written at once, so that they share one flush; they keep this order.
      const ends = await Promise.all([sized, ...rest].map((entry) => writer.write(entry)));
      return () => {
        for (const end of ends) end();
      };
    } catch (thrown) {
      await this.giveUp(thrown);
      return noop;
    }
  }

  /**
   * Records a caption that the job read and did not change, if a person edited it without a record: after later edits,
   * nobody could tell that any more. Does not throw; nothing waits for it but {@link close}.
   */
  seen(caption: Caption): void {
    const { writer, root, texts } = this;
    const file = path.join(this.manifest.root, caption.path);
    const { found, author = this.authorOf(caption, caption.text) } = this.found.get(file) ?? {};
    this.found.delete(file);
    if (writer === undefined || texts.isExplained(caption)) return;
    const [entry] = entriesOfTagger({
      caption: datasetPathOf(root, file),
      before: caption.text,
      after: caption.text,
      found: found ?? { tags: [] },
      asked: [],
      author,
    });
    if (entry === undefined) return;
    const write = async (): Promise<void> => {
      const { size: pictureSize } = await stat(path.join(this.manifest.root, caption.images[0] ?? ''));
      const finish = await writer.write({ ...entry, pictureSize });
      finish();
    };
    const written = write().catch((thrown: unknown) =>
      thrown instanceof RecordError ? this.giveUp(thrown) : undefined,
    );
    this.seenOnes.add(written);
    void written.finally(() => this.seenOnes.delete(written));
  }

  private async giveUp(thrown: unknown): Promise<void> {
    const { writer } = this;
    this.writer = undefined;
    this.say(l10n.t('Who wrote what is not recorded, so that it counts as written by hand: {0}', errorMessage(thrown)));
    await writer?.close();
  }

  /** Ends the record, and merges files of records if there are many. Does not throw. */
  async close(): Promise<void> {
    await Promise.all(this.seenOnes);
    if (this.writer === undefined) return;
    await this.writer.close();
    // No harm: files that cannot be merged are read one by one.
    await compactRecords(this.root).catch(noop);
  }

  /** Tells the user, once per dataset, about the new folder in it. */
  private begin(): void {
    if (this.isBegun) return;
    this.isBegun = true;
    const folder = recordFolderOf(this.root);
    if (this.manifest.write.records !== undefined || existsSync(folder)) return;
    const place = path.dirname(folder);
    this.onNote(
      l10n.t('From now on, {0} keeps who wrote what in captions (setting datasetCaptions.records).', place),
      false,
    );
  }

  private say(problem: string): void {
    if (this.isSaid) return;
    this.isSaid = true;
    this.onNote(problem, true);
  }
}

/** What the user wants in every caption by name: that is the user's, whoever writes it. */
function askedFor(job: JobManifest): string[] {
  if ('tagger' in job) return job.options.addedTags;
  const { trigger } = job.captioner.profile;
  return trigger === '' ? [] : [trigger];
}
