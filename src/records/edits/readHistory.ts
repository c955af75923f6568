import path from 'node:path';
import { foldersOfCaptions, foldersWithRecords, hasRecords } from '../recordFolder';
import { RecordHistory } from '../RecordHistory';
import { textHash } from '../recordEntry';
import { lastStates, linesOf, presentLine, type CaptionLine } from './captionLines';
import { sizesOf } from './pictureSizes';
import type { PresentCaption, SizedCaption } from './PresentCaption';
import { deletionNote, recognisedCaptions, type OtherCaption, type Recognised } from './recognisedCaptions';
import { isReplaced, renamedCaptions, type FoundRenames, type Renamed } from './renamedCaptions';

/** Maximum number of unrecorded renames through which a caption is followed back. */
const mostRenames = 10;

/** What is known of captions. */
export interface KnownHistory {
  history: RecordHistory;
  /** renames that were found out, but are not recorded yet */
  renamed: Renamed[];
  /** captions that are probably renamed ones, with what was deleted under the former name; not recorded yet */
  recognised: Recognised[];
}

/**
 * Reads what is known of captions, also of those that were renamed or moved since, and of those of folders in the
 * dataset that have records of their own.
 * @param root of the records, absolute
 * @throws errors of the disk if the folder of the records cannot be listed; the signal's reason
 */
export async function readHistory(
  root: string,
  captions: readonly PresentCaption[],
  signal?: AbortSignal,
): Promise<KnownHistory> {
  const wanted = new Set(captions.map(({ caption }) => caption));
  let folders = foldersOfCaptions(wanted);
  const signals = signal === undefined ? {} : { signal };
  let options = { folders, ...signals };
  const others = new Map<string, OtherCaption>();
  const sizes = new NamesOfSizes();
  const history = await RecordHistory.read(root, (caption) => wanted.has(caption), {
    ...options,
    onOther: ({ caption, pictureSize, when }) => {
      const known = others.get(caption);
      const size = pictureSize ?? known?.size;
      sizes.add(caption, pictureSize);
      if (size !== undefined) others.set(caption, { size, last: Math.max(when, known?.last ?? 0) });
    },
  });
  const known: KnownHistory = { history, renamed: [], recognised: [] };
  for (const [caption, entries] of history.stored) for (const one of entries) sizes.add(caption, one.pictureSize);
  const present = await withSizes(captions);
  let found: FoundRenames = { renamed: [], perhaps: [] };
  // Of a caption that is new to the records, others may know something under its former name.
  if (!present.every((one) => isKnown(history, one, sizes))) {
    const isEmpty = history.stored.size === 0 && others.size === 0;
    known.history = isEmpty ? history : await RecordHistory.read(root, undefined, options);
    found = isEmpty ? found : await followed(root, known.history, present);
    const left = await foldersLeft(root, known.history, present, folders);
    if (left.length > 0) {
      folders = [...folders, ...left];
      options = { folders, ...signals };
      known.history = await RecordHistory.read(root, undefined, options);
      found = await followed(root, known.history, present);
    }
    known.renamed = found.renamed;
  }
  /** captions whose names stood for other pictures, and what was known of these; of all, and of those now unknown */
  const displaced = new Map<string, CaptionLine>();
  const replaced = new Set<string>();
  for (const one of present) {
    const [before, line] = [history, known.history].map((each) => presentLine(linesOf(each, one.caption)));
    if (before !== undefined && isReplaced(before, one.size)) displaced.set(one.caption, before);
    if (one.size === undefined || line === undefined || !isReplaced(line, one.size)) continue;
    replaced.add(one.caption);
    known.history.seePicture(one.caption, one.size);
  }
  const read = (names: ReadonlySet<string>): Promise<RecordHistory> =>
    RecordHistory.read(root, (caption) => names.has(caption), options);
  known.recognised = await recognisedCaptions(root, known, present, { others, displaced, replaced, ...found }, read);
  for (const one of known.recognised) {
    if (one.isMixedUp) known.history.note(deletionNote(one));
    else known.history.recognise(one.caption, one.deleted);
  }
  return known;
}

/** With the sizes of the pictures of which something was recorded: another one may have the name by now. */
async function withSizes(captions: readonly PresentCaption[]): Promise<SizedCaption[]> {
  const sizes = await sizesOf(captions.map(({ picture }) => picture));
  return captions.map((one, index) => ({ ...one, size: sizes[index] }));
}

/** Whether nothing of a caption may be known under another name. */
function isKnown(history: RecordHistory, { caption, text, size }: SizedCaption, sizes: NamesOfSizes): boolean {
  const line = presentLine(linesOf(history, caption));
  if (line === undefined) return text.trim() === '';
  const [first] = line.own;
  const isBegun = line.isNamed || first === undefined || (first.before === '' && first.isOutside !== true);
  if (!isBegun || line.before !== undefined || isReplaced(line, size)) return false;
  // What it holds may come with a picture that has, or had, another name.
  return !sizes.hasOther(size, caption) || lastStates(line).includes(textHash(text));
}

/** Which names pictures had, by the sizes of their files in bytes. */
class NamesOfSizes {
  /** undefined for several names */
  private readonly names = new Map<number, string | undefined>();

  add(caption: string, size: number | undefined): void {
    if (size === undefined) return;
    const isNew = !this.names.has(size) || this.names.get(size) === caption;
    this.names.set(size, isNew ? caption : undefined);
  }

  /** Whether a picture of this size had another name. */
  hasOther(size: number | undefined, caption: string): boolean {
    return size !== undefined && this.names.has(size) && this.names.get(size) !== caption;
  }
}

/** The folders that have records of their own, and no image any more of those that are asked for. */
async function foldersLeft(
  root: string,
  history: RecordHistory,
  captions: readonly SizedCaption[],
  known: readonly string[],
): Promise<string[]> {
  const all = captions.some((one) => isNew(history, one))
    ? await foldersWithRecords(root)
    : foldersOfCaptions(history.stored.keys()).filter((folder) => hasRecords(path.join(root, folder)));
  const read = new Set(known);
  return all.filter((folder) => !read.has(folder));
}

/** Whether nothing is known of a caption that holds something: its record may lie in a folder that its image left. */
function isNew(history: RecordHistory, { caption, text }: SizedCaption): boolean {
  return text.trim() !== '' && history.knownOf(caption).length === 0;
}

async function followed(
  root: string,
  history: RecordHistory,
  captions: readonly SizedCaption[],
): Promise<FoundRenames> {
  const all: FoundRenames = { renamed: [], perhaps: [] };
  let lines: CaptionLine[] | undefined;
  // What was renamed may have been renamed before.
  for (let time = 0; time < mostRenames && lines?.length !== 0; time++) {
    const { renamed, perhaps, formers } = await renamedCaptions(root, history, captions, lines);
    for (const one of renamed) history.move(one);
    all.renamed.push(...renamed);
    all.perhaps.push(...perhaps);
    lines = formers;
  }
  return all;
}
