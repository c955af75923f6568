import { noop } from '../../base/noop';
import { inSlices } from '../../base/inSlices';
import { captionChange } from '../captionChange';
import type { DeletedPart } from '../originsOf';
import { recordedText } from '../recordEntry';
import type { WrittenPlace } from '../recordFolder';
import { RecordWriter } from '../RecordWriter';
import { readHistory } from './readHistory';
import type { PresentCaption } from './PresentCaption';

/** What a person took out of a caption, so that no job brings it back. */
export interface Deletions extends PresentCaption {
  deleted: DeletedPart[];
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
  const { history } = await readHistory(root, captions, signal);
  for (const file of history.laterFiles) onLater(file);
  const found: Deletions[] = [];
  const look = (one: PresentCaption): void => {
    const { caption, text } = one;
    const { deleted } = history.originsOf(caption, text);
    if (deleted.length > 0) found.push({ ...one, deleted });
  };
  await inSlices(captions, look, signal === undefined ? {} : { signal });
  return found;
}

/**
 * Records that what was deleted by hand may come again with a job.
 * @throws RecordError if that cannot be recorded; some of it may be then
 */
export async function forgetDeletions(
  root: string,
  deletions: readonly Deletions[],
  place: WrittenPlace = 'dataset',
): Promise<void> {
  if (deletions.length === 0) return;
  const writer = new RecordWriter(root, undefined, Date.now, place);
  try {
    const write = async ({ caption, text, deleted }: Deletions): Promise<void> => {
      const removed = deleted.map((part) => ({ text: recordedText(part.text), at: 0 }));
      const change = { ...captionChange(text, text, new Map()), removed };
      await writer.write({ kind: 'forgotten', caption, author: { by: 'hand' }, ...change });
    };
    const writes: Promise<void>[] = [];
    await inSlices(deletions, (one) => writes.push(write(one)));
    await Promise.all(writes);
  } finally {
    await writer.close();
  }
}
