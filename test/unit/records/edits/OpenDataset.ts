import { readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CaptionChange } from '../../../../src/dataset/captions/Caption';
import { Dataset } from '../../../../src/dataset/Dataset';
import { applyEdits, replayEdits } from '../../../../src/dataset/edits/bulkEdits';
import { InPlaceWriter, type EditAuthor } from '../../../../src/dataset/files/FileWriter';
import { EditRecords } from '../../../../src/records/edits/EditRecords';
import { RecordedWriter } from '../../../../src/records/edits/RecordedWriter';
import type { CaptionOrigins } from '../../../../src/records/originsOf';
import { recordRootOf } from '../../../../src/records/recordFolder';
import { readHistory } from '../../../../src/records/edits/readHistory';
import { textOfRaw } from '../../../../src/tags/captionText';

export const hand: EditAuthor = { by: 'hand' };

/** A dataset that is open in a window, as its document drives it. */
export class OpenDataset {
  /** what is being typed: until something else comes, all of it is one edit */
  private typing: CaptionChange | undefined;

  private constructor(
    readonly dataset: Dataset,
    readonly records: EditRecords,
    readonly said: readonly string[],
  ) {}

  /** @param pause before changes by other programs are recorded, in milliseconds */
  static async open(folder: string, { pause = 10, isOn = true } = {}): Promise<OpenDataset> {
    const said: string[] = [];
    const records = new EditRecords(
      folder,
      {
        onFirst: () => said.push('first'),
        onProblem: (thrown) => said.push((thrown as Error).message),
      },
      pause,
    );
    records.at = isOn ? 'dataset' : 'off';
    const writer = new RecordedWriter(new InPlaceWriter(), records, (file) => file.replace('.txt', '.png'));
    const dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption: 'delete' }, writer);
    await dataset.load();
    dataset.onDidChangeFile((caption, before) => {
      const now = caption.onDisk;
      const textOf = (content: typeof now): string => (content === null ? '' : textOfRaw(content.raw));
      const picture = dataset.absolute(caption.images[0] ?? '');
      records.fileChanged(dataset.absolute(caption.path), textOf(before), textOf(now), picture);
    });
    return new OpenDataset(dataset, records, said);
  }

  text(name: string): string {
    return this.dataset.caption(name)?.text ?? '';
  }

  /** A person types; nothing is saved yet. */
  type(name: string, text: string): CaptionChange | undefined {
    const caption = this.dataset.caption(name);
    if (caption === undefined) throw new Error(name);
    const change = this.dataset.setTextFrom(caption, caption.text, text);
    if (change === undefined) return undefined;
    if (this.typing?.caption === caption) this.typing.after = change.after;
    else this.typing = change;
    caption.addStep(hand, this.typing);
    return this.typing;
  }

  /** What is typed from now on is another edit. */
  commit(): void {
    this.typing = undefined;
  }

  /** An edit of many captions, not saved yet. */
  async bulk(label: string, texts: Readonly<Record<string, string>>): Promise<CaptionChange[]> {
    this.commit();
    const edits = Object.entries(texts).flatMap(([name, text]) => {
      const caption = this.dataset.caption(name);
      return caption === undefined ? [] : [{ caption, text }];
    });
    return (await applyEdits(this.dataset, edits, { by: 'bulk', name: label })).changes;
  }

  /** @param by who made the edit; undefined: a job */
  async replay(changes: readonly CaptionChange[], direction: 'undo' | 'redo', by?: EditAuthor): Promise<void> {
    this.commit();
    await replayEdits(this.dataset, changes, direction, by);
  }

  async save(): Promise<void> {
    this.commit();
    await this.dataset.save();
  }

  /** Another program writes a file, and the window notices. */
  async outside(name: string, content: string | null): Promise<void> {
    const file = this.dataset.absolute(name);
    await (content === null ? unlink(file) : writeFile(file, content));
    await this.dataset.reconcile([name]);
  }

  async close(): Promise<void> {
    await this.records.close();
  }
}

/** Who wrote what of a caption, by the records and the file as they are on the disk. */
export async function originsIn(folder: string, name: string): Promise<CaptionOrigins> {
  const root = recordRootOf(folder);
  const raw = await readFile(path.join(folder, name), 'utf8').catch(() => '');
  const caption = path.relative(root, path.join(folder, name)).split(path.sep).join('/');
  const text = textOfRaw(raw);
  const picture = path.join(folder, name.replace('.txt', '.png'));
  const { history } = await readHistory(root, [{ caption, text, picture }]);
  return history.originsOf(caption, text);
}

/** The same in short: `hat: hand`, and `-cat` for a deleted part. */
export async function writersIn(folder: string, name: string): Promise<string[]> {
  const { parts, deleted } = await originsIn(folder, name);
  return [
    ...parts.map(({ text, by, name: whose }) => `${text}: ${by}${by === 'bulk' ? ` ${whose ?? ''}` : ''}`),
    ...deleted.map(({ text }) => `-${text}`),
  ];
}
