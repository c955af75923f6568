import { createHash } from 'node:crypto';
import { statSync, type Stats } from 'node:fs';
import { errno } from '../../base/errno';
import { captionPathOf } from '../files/imageFiles';
import { coarsestTime, readWhole } from './readCaptions';
import { captionKind, exactHashLength, stampLength, unpackPaths, type ExactRead, type ReadExact } from './scanMessages';

/**
 * Reads the exact bytes of the captions of some images, synchronously; those whose file is as it is known are not read.
 * @param folder of the dataset, absolute
 */
export function readExact({ images, wanted, known }: ReadExact, folder: string, captionExtension: string): ExactRead {
  const paths = unpackPaths(images);
  const contents: Uint8Array[] = [];
  const read: ExactRead = {
    kinds: new Uint8Array(paths.length),
    bytes: new Uint8Array(0),
    lengths: new Uint32Array(paths.length),
    hashes: new Uint8Array(paths.length * exactHashLength),
    stamps: new Float64Array(paths.length * stampLength).fill(NaN),
  };
  const now = Date.now();
  for (const [index, image] of paths.entries()) {
    if (wanted[index] !== 1) {
      read.kinds[index] = captionKind.absent;
      continue;
    }
    const file = `${folder}/${captionPathOf(image, captionExtension)}`;
    const at = index * stampLength;
    try {
      if (!Number.isNaN(known[at] ?? NaN) && isAsKnown(statSync(file), known, at)) {
        read.kinds[index] = captionKind.unchanged;
        read.stamps.set(known.subarray(at, at + stampLength), at);
        continue;
      }
      const { bytes, info } = readWhole(file);
      read.kinds[index] = captionKind.text;
      read.lengths[index] = bytes.length;
      read.hashes.set(
        createHash('sha256').update(bytes).digest().subarray(0, exactHashLength),
        index * exactHashLength,
      );
      contents.push(Uint8Array.from(bytes));
      // A file that was modified just now may be modified again without a change of its time stamp.
      const isReliable = now - Math.max(info.mtimeMs, info.ctimeMs) > coarsestTime && info.size === bytes.length;
      if (isReliable) read.stamps.set([info.size, info.mtimeMs, info.ctimeMs, info.ino], at);
    } catch (thrown) {
      read.kinds[index] = errno(thrown) === 'ENOENT' ? captionKind.absent : captionKind.failed;
    }
  }
  // A buffer of its own: it is handed over to another thread.
  read.bytes = new Uint8Array(contents.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const content of contents) {
    read.bytes.set(content, end);
    end += content.length;
  }
  return read;
}

function isAsKnown({ size, mtimeMs, ctimeMs, ino }: Stats, known: Float64Array, at: number): boolean {
  return size === known[at] && mtimeMs === known[at + 1] && ctimeMs === known[at + 2] && ino === known[at + 3];
}
