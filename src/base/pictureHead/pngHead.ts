import { inflateSync } from 'node:zlib';
import { inMemory, partOf, type ByteSource } from './ByteSource';
import type { HeadReader } from './HeadReader';
import { exifOrientation, orientationOf } from './orientation';
import type { StoredPicture } from './StoredPicture';

/** The keywords of texts that matter here: XMP, and EXIF as ImageMagick and GIMP write it, in hexadecimal digits. */
const [xmpKeyword, rawExifKeyword] = ['XML:com.adobe.xmp', 'Raw profile type exif'];
/** The keyword of a tEXt chunk whose text Pillow reads as EXIF. */
const exifKeyword = 'exif';
const textTypes = ['tEXt', 'zTXt', 'iTXt'];
/**
 * Maximum number of bytes of a text that are read, and that it may unpack to; Pillow refuses more (MAX_TEXT_CHUNK).
 */
const mostText = 1024 * 1024;

interface Chunk {
  type: string;
  start: number;
  length: number;
}

/**
 * The size of a PNG, and how it is turned. What stands behind the first pixels does not count: eXIf must not (PNG,
 * third edition, 5.6), and for texts the whole file would have to be read.
 */
export function pngHead(file: HeadReader): StoredPicture | undefined {
  let size: { width: number; height: number } | undefined;
  // Of several the last counts.
  let exif: Chunk | undefined;
  let rawExif: Chunk | undefined;
  let xmp: Chunk | undefined;
  for (const chunk of chunksBeforePixels(file)) {
    if (chunk.type === 'IHDR') {
      const header = file.bytes(chunk.start, 8);
      if (header !== undefined) size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
    } else if (chunk.type === 'eXIf') exif = chunk;
    else if (textTypes.includes(chunk.type)) {
      const keyword = keywordOf(file, chunk);
      if (keyword === xmpKeyword) xmp = chunk;
      else if (keyword === rawExifKeyword) rawExif = chunk;
      else if (keyword === exifKeyword && chunk.type === 'tEXt') exif = chunk;
    }
  }
  if (size === undefined) return undefined;
  const packet = xmp;
  const tiff = exif === undefined ? rawExif && fromRawProfile(textOf(file, rawExif)) : exifIn(file, exif);
  return { ...size, orientation: orientationOf(exifOrientation(tiff), () => packet && textOf(file, packet)) };
}

function* chunksBeforePixels(file: HeadReader): Generator<Chunk> {
  let at = 8;
  for (;;) {
    const head = file.bytes(at, 8);
    const type = head?.toString('latin1', 4) ?? '';
    if (head === undefined || !/^\w{4}$/.test(type) || ['IDAT', 'fdAT', 'IEND'].includes(type)) return;
    const length = head.readUInt32BE();
    yield { type, start: at + 8, length };
    // The checksum of the chunk follows it.
    at += 8 + length + 4;
  }
}

function keywordOf(file: HeadReader, { start, length }: Chunk): string {
  const begin = file.bytes(start, Math.min(length, rawExifKeyword.length + 1));
  const end = begin?.indexOf(0) ?? -1;
  return begin === undefined || end < 0 ? '' : begin.toString('latin1', 0, end);
}

/** The text of a chunk tEXt, zTXt or iTXt (PNG, third edition, 11.3.3); undefined if it is damaged. */
function textOf(file: HeadReader, { type, start, length }: Chunk): Buffer | undefined {
  const chunk = file.bytes(start, Math.min(length, mostText));
  if (chunk === undefined) return undefined;
  const keyword = chunk.indexOf(0);
  const after = chunk.subarray(keyword + 1);
  if (type === 'tEXt') return after;
  if (type === 'zTXt') return after[0] === 0 ? unpacked(after.subarray(1)) : undefined;
  const [isPacked, method] = after;
  const language = after.indexOf(0, 2);
  const translated = language < 0 ? -1 : after.indexOf(0, language + 1);
  if (translated < 0) return undefined;
  const text = after.subarray(translated + 1);
  if (isPacked === 0) return text;
  return method === 0 ? unpacked(text) : undefined;
}

function unpacked(text: Buffer): Buffer | undefined {
  try {
    return inflateSync(text, { maxOutputLength: mostText });
  } catch {
    return undefined;
  }
}

function exifIn(file: HeadReader, chunk: Chunk): ByteSource | undefined {
  if (chunk.type === 'eXIf') return partOf(file, chunk.start, chunk.length);
  const text = textOf(file, chunk);
  return text && inMemory(text);
}

/** EXIF from a raw profile: after a line of nothing, a name and a length, its hexadecimal digits. */
function fromRawProfile(text: Buffer | undefined): ByteSource | undefined {
  const lines = text?.toString('latin1').split('\n').slice(3);
  return lines && inMemory(Buffer.from(lines.join('').replaceAll(/\s/g, ''), 'hex'));
}
