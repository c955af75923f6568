import { constants, inflateSync } from 'node:zlib';
import { decompress as unpackZstd } from 'fzstd';
import { errorCode } from '../../protocol/channel/wireError';
import { DecodingError } from './DecodingError';

/**
 * Unpacks a zlib stream, at least as far as it is needed: as in Pillow, what comes behind the first `length` bytes may
 * be damaged or missing, also the checksum.
 * @returns what was unpacked, some more bytes than `length` or fewer, and whether the stream ends as it should
 * @throws DecodingError for one that is damaged before
 */
export function unpackZlib(packed: Uint8Array, length: number): { bytes: Uint8Array; isWhole: boolean } {
  const maxOutputLength = 2 * length + 65_536;
  try {
    return { bytes: inflateSync(packed, { maxOutputLength }), isWhole: true };
  } catch (error) {
    if (errorCode(error) === 'Z_BUF_ERROR') {
      return { bytes: inflateSync(packed, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }), isWhole: false };
    }
    const bytes = beforeFault(packed, maxOutputLength);
    // If nothing more comes out, the fault was met right behind the last byte that is needed.
    if (bytes.length > length) return { bytes, isWhole: false };
    throw new DecodingError('damaged', 'The compressed pixels are damaged.', error);
  }
}

/** What a zlib stream holds before its fault: of the longest part of it that has none, as zlib itself does not say. */
function beforeFault(packed: Uint8Array, maxOutputLength: number): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(0);
  let [sound, faulty] = [0, packed.length];
  while (faulty - sound > 1) {
    const middle = Math.floor((sound + faulty) / 2);
    try {
      const finishFlush = constants.Z_SYNC_FLUSH;
      bytes = inflateSync(packed.subarray(0, middle), { maxOutputLength, finishFlush });
      sound = middle;
    } catch {
      faulty = middle;
    }
  }
  return bytes;
}

/** Whether the only fault of a zlib stream is the checksum (Adler-32) behind its data. */
export function isWrongChecksum({ cause }: DecodingError): boolean {
  return cause instanceof Error && cause.message === 'incorrect data check';
}

/**
 * Unpacks Zstandard.
 * @throws DecodingError for anything but at least `length` bytes
 */
export function unpackZstandard(packed: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  try {
    return enough(unpackZstd(packed, bytes), length);
  } catch (error) {
    if (error instanceof DecodingError) throw error;
    throw new DecodingError('damaged', 'The compressed pixels are damaged.', error);
  }
}

/**
 * Unpacks PackBits (TIFF 6.0, section 9).
 * @throws DecodingError for fewer than `length` bytes
 */
export function unpackPackBits(packed: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let to = 0;
  for (let at = 0; to < length && at < packed.length;) {
    const count = packed[at++] ?? 0;
    if (count < 128) {
      const literal = packed.subarray(at, at + Math.min(count + 1, length - to));
      if (at + count + 1 > packed.length) break;
      bytes.set(literal, to);
      to += literal.length;
      at += count + 1;
    } else if (count > 128) {
      const end = Math.min(to + 257 - count, length);
      if (at >= packed.length) break;
      bytes.fill(packed[at++] ?? 0, to, end);
      to = end;
    }
  }
  if (to < length) throw new DecodingError('cut', 'The compressed pixels end early.');
  return bytes;
}

const lzw = { clear: 256, end: 257, first: 258, longest: 12, entries: 4096 } as const;

/**
 * Unpacks TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits from the high bit on, each one bit longer one code
 * before it has to be.
 * @throws DecodingError for fewer than `length` bytes, or codes that stand for nothing
 */
export function unpackLzw(packed: Uint8Array, length: number): Uint8Array {
  if (packed[0] === 0 && ((packed[1] ?? 0) & 1) === 1) throw new DecodingError('unsupported', 'LZW (1987)');
  const bytes = new Uint8Array(length);
  // Each code stands for bytes that have been written before.
  const starts = new Int32Array(lzw.entries);
  const lengths = new Uint16Array(lzw.entries);
  let next: number = lzw.first;
  let size = 9;
  let held = 0;
  let heldBits = 0;
  let at = 0;
  let to = 0;
  let lastStart = -1;
  let lastLength = 0;
  while (to < length) {
    while (heldBits < size) {
      const byte = packed[at++];
      if (byte === undefined) throw new DecodingError('cut', 'The compressed pixels end early.');
      held = ((held << 8) | byte) & 0xff_ffff;
      heldBits += 8;
    }
    heldBits -= size;
    const code = (held >>> heldBits) & ((1 << size) - 1);
    if (code === lzw.clear) {
      next = lzw.first;
      size = 9;
      lastStart = -1;
      continue;
    }
    if (code === lzw.end) throw new DecodingError('cut', 'The compressed pixels end early.');
    const isKnown = code < 256 || (lastStart !== -1 && code <= next && code < lzw.entries);
    if (!isKnown) throw new DecodingError('damaged', 'A code stands for nothing.');
    if (lastStart !== -1 && next < lzw.entries) {
      starts[next] = lastStart;
      lengths[next] = lastLength + 1;
      next++;
      if (next === (1 << size) - 1 && size < lzw.longest) size++;
    }
    lastStart = to;
    if (code < 256) {
      bytes[to++] = code;
      lastLength = 1;
      continue;
    }
    let from = starts[code] ?? 0;
    lastLength = lengths[code] ?? 0;
    for (const end = Math.min(to + lastLength, length); to < end;) bytes[to++] = bytes[from++] ?? 0;
  }
  return bytes;
}

/** @throws DecodingError for fewer bytes than `length` */
export function enough(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length < length) throw new DecodingError('cut', 'The compressed pixels end early.');
  return bytes.length === length ? bytes : bytes.subarray(0, length);
}
