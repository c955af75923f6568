import { stat } from 'node:fs/promises';
import type { RecordHistory } from '../RecordHistory';
import type { PresentCaption } from './renamedCaptions';

/** Maximum number of pictures whose size is asked for at once: a disk may be far away. */
const picturesAtOnce = 32;

/**
 * Finds captions whose names stood for another image when they were recorded, as after a renumbering, or where a record
 * was copied to other images: neither their texts nor the sizes of their pictures' files are the recorded ones.
 * @returns the sizes of their pictures' files in bytes, by the paths of the captions
 */
export async function replacedPictures(
  history: RecordHistory,
  captions: readonly PresentCaption[],
): Promise<ReadonlyMap<string, number>> {
  const changed = captions.flatMap(({ caption, text, picture }) => {
    if (history.explains(caption, text)) return [];
    const recorded = history.pictureSizeOf(caption);
    return recorded === undefined ? [] : [{ caption, picture, recorded }];
  });
  const sizes = await sizesOf(changed.map(({ picture }) => picture));
  return new Map(
    changed.flatMap(({ caption, recorded }, index): [string, number][] => {
      const size = sizes[index];
      return size === undefined || size === recorded ? [] : [[caption, size]];
    }),
  );
}

/** The sizes of files in bytes; undefined for what is not there. */
export async function sizesOf(files: readonly string[]): Promise<(number | undefined)[]> {
  const sizes: (number | undefined)[] = [];
  for (let start = 0; start < files.length; start += picturesAtOnce) {
    const some = files.slice(start, start + picturesAtOnce);
    sizes.push(...(await Promise.all(some.map(async (file) => (await stat(file).catch(() => undefined))?.size))));
  }
  return sizes;
}
