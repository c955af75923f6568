import { noop } from '../../base/noop';
import { inSlices } from '../../base/inSlices';
import { captionChange } from '../captionChange';
import type { DeletedPart } from '../originsOf';
import { recordedText } from '../recordEntry';
import type { WrittenPlace } from '../recordFolder';
import { RecordWriter } from '../RecordWriter';
import { readHistory } from './readHistory';
import { sizesOf } from './pictureSizes';
import type { PresentCaption } from './PresentCaption';
import { deletionNote, type Recognised } from './recognisedCaptions';

/** The parts that a person deleted from a caption, and that no job may add again. */
export interface Deletions extends PresentCaption {
  deleted: DeletedPart[];
  /** when something was recorded last of any of the captions, ms since 1970: a clock may have gone back since */
  lastOfAll?: number;
  /** it may be a renamed one: what was found out of that, and is to be recorded first */
  found?: Recognised;
}

/**
 * Finds the captions from which a person deleted something.
 * @param root of the records, absolute
 * @param onLater called with each file of records that a later version of the program wrote
 * @throws errors of the disk; the signal's reason
 */
export async function deletionsIn(
  root: string,
  captions: readonly PresentCaption[],
  signal?: AbortSignal,
  onLater: (file: string) => void = noop,
): Promise<Deletions[]> {
  const { history, recognised } = await readHistory(root, captions, signal);
  const mixedUp = new Map(recognised.flatMap((one) => (one.isMixedUp ? [[one.caption, one] as const] : [])));
  for (const file of history.laterFiles) onLater(file);
  const { lastOfAll } = history;
  const found: Deletions[] = [];
  const look = (one: PresentCaption): void => {
    const { caption, text } = one;
    const { deleted } = history.originsOf(caption, text);
    const other = mixedUp.get(caption);
    const known = other === undefined ? { lastOfAll } : { lastOfAll, found: other };
    if (deleted.length > 0) found.push({ ...one, deleted, ...known });
  };
  await inSlices(captions, look, signal === undefined ? {} : { signal });
  return found;
}

/**
 * Records that jobs may add parts again that were deleted by hand.
 * @throws RecordError if that cannot be recorded; a part of it may be recorded then
 */
export async function forgetDeletions(
  root: string,
  deletions: readonly Deletions[],
  place: WrittenPlace = 'dataset',
): Promise<void> {
  if (deletions.length === 0) return;
  const writer = new RecordWriter(root, undefined, Date.now, place);
  writer.comesAfter(deletions[0]?.lastOfAll ?? 0);
  try {
    const sizes = await sizesOf(deletions.map(({ picture }) => picture));
    const write = async (one: Deletions, pictureSize: number | undefined): Promise<void> => {
      const { caption, text, deleted, found } = one;
      const removed = deleted.map((part) => ({ text: recordedText(part.text), at: 0 }));
      const change = { ...captionChange(text, text, new Map()), removed };
      // The name may have stood for another picture, so that it is said of which one.
      const sized = pictureSize === undefined ? change : { ...change, pictureSize };
      // Written at once, so that they share one flush; they keep this order.
      const note = found === undefined ? undefined : writer.write(deletionNote(found));
      await Promise.all([note, writer.write({ kind: 'forgotten', caption, author: { by: 'hand' }, ...sized })]);
    };
    const writes: Promise<void>[] = [];
    await inSlices([...deletions.entries()], ([index, one]) => writes.push(write(one, sizes[index])));
    await Promise.all(writes);
  } finally {
    await writer.close();
  }
}
