import { closeSync, fstatSync, lstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { errno } from '../../base/errno';
import { decodeCaption, refuseDamaged } from '../captions/captionContent';
import { refuseTooLarge } from '../files/captionSize';
import { brokenLink, notAFile } from '../files/fileBytes';
import { captionPathOf } from '../files/imageFiles';
import { readOnly } from './readOnly';
import { captionKind, unpackPaths, type CaptionsRead, type ReadCaptions } from './scanMessages';

/**
 * The coarsest resolution of file times on any file system, in milliseconds. If a file was modified less than this
 * before it was read, it may be modified again without getting a later time, so its time is not reliable.
 */
export const coarsestTime = 2500;
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Reads the captions of some images, synchronously.
 * @param folder of the dataset, absolute
 */
export function readCaptions(
  { images, wanted, known }: ReadCaptions,
  folder: string,
  captionExtension: string,
): CaptionsRead {
  const paths = unpackPaths(images);
  const texts: string[] = [];
  const read: CaptionsRead = {
    kinds: new Uint8Array(paths.length),
    text: '',
    lengths: new Uint32Array(paths.length),
    stamps: new Float64Array(paths.length * 2).fill(NaN),
    foreign: [],
    failures: [],
  };
  const now = Date.now();
  for (const [index, image] of paths.entries()) {
    if (wanted[index] !== 1) continue;
    const file = `${folder}/${captionPathOf(image, captionExtension)}`;
    try {
      const modified = known?.[index * 2];
      if (modified !== undefined && !Number.isNaN(modified)) {
        const info = statSync(file);
        if (info.mtimeMs === modified && info.size === known?.[index * 2 + 1]) {
          read.kinds[index] = captionKind.unchanged;
          continue;
        }
      }
      const { bytes, modifiedAt } = readWhole(file);
      if (now - modifiedAt > coarsestTime) {
        read.stamps[index * 2] = modifiedAt;
        read.stamps[index * 2 + 1] = bytes.length;
      }
      refuseDamaged(file, bytes);
      const content = decodeCaption(bytes);
      if (content.foreign === undefined) {
        read.kinds[index] = captionKind.text;
        read.lengths[index] = content.raw.length;
        texts.push(content.raw);
      } else {
        read.kinds[index] = captionKind.foreign;
        read.foreign.push({ index, content });
      }
    } catch (thrown) {
      const code = isBrokenLink(thrown, file) ? 'CAPTION_LINK_BROKEN' : errno(thrown);
      read.kinds[index] = code === 'ENOENT' ? captionKind.absent : captionKind.failed;
      if (code !== 'ENOENT') {
        const error = code === 'CAPTION_LINK_BROKEN' ? brokenLink(file) : thrown;
        read.failures.push({ index, code, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  read.text = texts.join('');
  return read;
}

/** Whether a file is not there although there is a link of its name. */
function isBrokenLink(thrown: unknown, file: string): boolean {
  return errno(thrown) === 'ENOENT' && lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Reads a whole file. @returns a view of a shared buffer, valid until the next call */
export function readWhole(file: string): { bytes: Uint8Array; modifiedAt: number; info: Stats } {
  const handle = openSync(file, readOnly);
  try {
    const info = fstatSync(handle);
    if (!info.isFile()) throw notAFile(file);
    refuseTooLarge(file, info.size);
    let length = 0;
    for (;;) {
      if (length === scratch.length) scratch = Buffer.concat([scratch], scratch.length * 2);
      const count = readSync(handle, scratch, length, scratch.length - length, null);
      if (count === 0) break;
      length += count;
      // It grows while it is read.
      refuseTooLarge(file, length);
      // All bytes of a regular file were read: no further call is needed to find its end.
      if (length === info.size) break;
    }
    return { bytes: scratch.subarray(0, length), modifiedAt: info.mtimeMs, info };
  } finally {
    closeSync(handle);
  }
}
