import { inSlices } from '../../base/inSlices';
import type { Caption } from '../../dataset/captions/Caption';
import { encodeCaption } from '../../dataset/captions/captionContent';
import type { Dataset } from '../../dataset/Dataset';

/** Adds what a caption held, for all its images, to what takes precedence over the disk. @param raw null for no file */
export function give(
  given: Map<string, Uint8Array | null>,
  dataset: Dataset,
  caption: Caption,
  raw: string | null,
): void {
  const onDisk = caption.onDisk?.raw === raw ? caption.onDisk : null;
  const bytes = raw === null ? null : onDisk === null ? Buffer.from(raw) : encodeCaption(onDisk);
  for (const image of caption.images) given.set(dataset.captionPathOf(image), bytes);
}

/** What unsaved captions hold, by the paths of their files, as of now: what is typed next is no part of it. */
export async function unsavedContents(dataset: Dataset): Promise<Map<string, Uint8Array | null>> {
  const given = new Map<string, Uint8Array | null>();
  const unsaved = Array.from(dataset.dirtyCaptions, (caption) => ({ caption, raw: caption.raw }));
  await inSlices(unsaved, ({ caption, raw }) => {
    give(given, dataset, caption, raw);
  });
  return given;
}
