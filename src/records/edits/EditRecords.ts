import { existsSync } from 'node:fs';
import { noop } from '../../base/noop';
import { inSlices } from '../../base/inSlices';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { RecordPlace } from '../../tags/writeMode';
import { captionChange } from '../captionChange';
import { textHash } from '../recordEntry';
import { hasRecords, recordFolderOf, recordRootOf } from '../recordFolder';
import { RecordTail } from './RecordTail';
import { sizesOf } from './pictureSizes';
import { RecordWriter, type Recorded } from '../RecordWriter';

/** Messages of the records of an open dataset for its user. */
export interface EditRecordsNews {
  /** the first record of the dataset is about to be written. @param folder the new one, absolute */
  onFirst(folder: string): void;
  /** records cannot be written, so nothing is recorded from now on */
  onProblem(error: unknown): void;
}

/** What a caption file was found to hold. */
interface FoundText {
  text: string;
  /** milliseconds since 1970 */
  when: number;
}

/** What other programs did to a caption file. */
interface FoundChanges {
  /** the texts that it held one after the other, with that before the first change */
  texts: FoundText[];
  /** the file of its picture, absolute */
  picture: string | undefined;
}

/** Time for a job or another window to say what it wrote, and for the program to come to its end, in milliseconds. */
const settlePause = 2000;

/**
 * The records of one open dataset: who edited its captions in this window, and what other programs changed. One file,
 * made with the first entry. A failure to record stops nothing: unrecorded changes count as written by hand.
 */
export class EditRecords {
  /** where the records lie; undefined while there are none to write */
  private place: string | undefined;
  private writer: RecordWriter | undefined;
  private where: RecordPlace = 'off';
  private hasFailed = false;
  private tail: RecordTail | undefined;
  /** by the absolute paths of the caption files */
  private readonly changed = new Map<string, FoundChanges>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param folder of the dataset, absolute
   * @param pause for tests: debounce: changes by other programs are recorded when none has come for this time, in
   *   milliseconds
   */
  constructor(
    private readonly folder: string,
    private readonly news: EditRecordsNews,
    private readonly pause = settlePause,
  ) {}

  /** Where records are written from now on. */
  set at(where: RecordPlace) {
    if (this.where === where) return;
    this.where = where;
    void this.stop();
  }

  /** The folder whose records these are; undefined while nothing is recorded. */
  get root(): string | undefined {
    if (this.where === 'off' || this.hasFailed) return undefined;
    return (this.place ??= recordRootOf(this.folder));
  }

  /**
   * Records what is about to be written. Does not throw.
   * @returns to be called when the file was written
   */
  async write(entries: readonly Recorded[]): Promise<() => void> {
    const { root } = this;
    if (entries.length === 0 || root === undefined) return noop;
    const writer = (this.writer ??= this.newWriter(root));
    try {
      // Written at once, so that they share one flush; they keep this order.
      const ends = await Promise.all(entries.map((entry) => writer.write(entry)));
      return () => {
        for (const end of ends) end();
      };
    } catch (thrown) {
      this.giveUp(thrown);
      return noop;
    }
  }

  /**
   * Records that captions got other names, where there are records. Does not throw.
   * @param moved absolute paths of the files
   */
  async move(moved: readonly { from: string; to: string }[]): Promise<void> {
    const { root } = this;
    if (root === undefined || moved.length === 0) return;
    const name = (file: string): string => datasetPathOf(root, file);
    const names = moved.map(({ from }) => name(from));
    if (!hasRecords(root, names)) return;
    const writer = (this.writer ??= this.newWriter(root));
    try {
      await Promise.all(moved.map(({ from, to }) => writer.move({ from: name(from), to: name(to) })));
    } catch (thrown) {
      this.giveUp(thrown);
    }
  }

  /**
   * Notes that a caption file holds something else than the window knew. It is recorded a little later, unless the
   * records of others explain it: those of jobs and of other windows. A dataset without records gets none by that.
   * A caption whose picture is gone, too, is not recorded: it is gone, or has another name.
   * @param file absolute
   * @param before the text that it held, and the one that it holds, with LF line ends
   * @param picture the file of its picture, absolute, as far as known
   */
  fileChanged(file: string, before: string, after: string, picture?: string): void {
    if (this.where === 'off' || this.hasFailed || before === after) return;
    const known = this.changed.get(file);
    const now = { text: after, when: Date.now() };
    const texts = known === undefined ? [{ ...now, text: before }, now] : [...known.texts, now];
    this.changed.set(file, { texts, picture: picture ?? known?.picture });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.recordChanges().catch(noop);
    }, this.pause);
  }

  /** Ends the file of records; a later entry begins another one. Does not throw. */
  async close(): Promise<void> {
    await this.recordChanges().catch(noop);
    await this.stop();
  }

  private async recordChanges(): Promise<void> {
    clearTimeout(this.timer);
    const changed = [...this.changed];
    this.changed.clear();
    const { root } = this;
    if (changed.length === 0 || root === undefined) return;
    const captions = changed.map(([file]) => datasetPathOf(root, file));
    if (this.writer === undefined && !hasRecords(root, captions)) return;
    const tail = (this.tail ??= new RecordTail(root));
    await tail.read(captions);
    const entries: Recorded[] = [];
    const author = { by: 'outside' } as const;
    const sizes = await sizesOf(changed.map(([, { picture }]) => picture));
    await inSlices([...changed.entries()], ([place, [file, { texts, picture }]]) => {
      const caption = datasetPathOf(root, file);
      const size = sizes[place];
      const states = texts.filter(({ text }, at) => at === 0 || at === texts.length - 1 || text !== '');
      if (picture !== undefined && size === undefined && states.at(-1)?.text === '') return;
      for (const [index, { text, when }] of states.slice(1).entries()) {
        const before = states[index]?.text ?? '';
        if (tail.explains(caption, textHash(before), textHash(text))) continue;
        const change = captionChange(before, text, 'all');
        // Which picture the texts before the last one were of, nobody looked.
        const sized = size === undefined || index < states.length - 2 ? {} : { pictureSize: size };
        if (change.before === change.after) continue;
        entries.push({ kind: 'written', caption, author, when, ...change, ...sized });
      }
    });
    // What stands on the disk is done.
    (await this.write(entries))();
  }

  private newWriter(root: string): RecordWriter {
    const folder = recordFolderOf(root);
    if (this.where === 'dataset' && !existsSync(folder)) this.news.onFirst(folder);
    const place = this.where === 'storage' ? 'storage' : 'dataset';
    return new RecordWriter(root, undefined, Date.now, place);
  }

  private async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.changed.clear();
    const { writer } = this;
    this.writer = undefined;
    await writer?.close();
  }

  /** Stops recording, and reports that once. */
  giveUp(thrown: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.news.onProblem(thrown);
    void this.stop();
  }
}
