import { crc32 } from 'node:zlib';
import type { DecodedImage } from './DecodedImage';
import { DecodingError } from './DecodingError';
import { ChecksumError } from './mendPng';
import { pngChunk, pngSignatureLength } from './pngChunk';

/** A PNG for libpng, and what libpng cannot do. */
export interface PngColours {
  file: Buffer;
  /** red, green and blue of the pixels that are transparent although the file no longer says so */
  transparent?: Colour;
}

export type Colour = readonly [number, number, number];

/** Where a chunk's content lies, in bytes from the file's start. */
interface Chunk {
  name: string;
  start: number;
  length: number;
}

/** What libpng passes over in place of a tRNS chunk, by its small letters. */
const unknownName = 'trNs';

const colourTypes = { grey: 0, rgb: 2, palette: 3 } as const;

/**
 * Makes libpng take the colours of a PNG for what Pillow takes them: a palette may have a cut last colour, be shorter
 * than the list of transparencies and come behind it; the transparent colour is compared with pixels of 8 bits, and of
 * 16-bit grey there is none.
 * @param file may be changed, and is returned as it is where there is nothing to do
 * @throws DecodingError for transparency that Pillow refuses
 */
export function pillowPng(file: Buffer): PngColours {
  const chunks = chunksBeforePixels(file);
  const header = chunks.find(({ name }) => name === 'IHDR');
  if (header === undefined || header.length < 10) return { file };
  const [depth, colourType] = [file.readUInt8(header.start + 8), file.readUInt8(header.start + 9)];
  const transparencies = chunks.filter(({ name }) => name === 'tRNS');
  if (!transparencies.every((chunk) => isSound(file, chunk))) throw new ChecksumError('head');
  if (colourType === colourTypes.palette) return { file: withPlainPalette(file, chunks, depth) };
  // Of several the last counts.
  const transparency = transparencies.at(-1);
  const samples = { [colourTypes.grey]: 1, [colourTypes.rgb]: 3 }[colourType];
  if (transparency === undefined || samples === undefined) return { file };
  if (transparency.length < samples * 2) throw new DecodingError('damaged', 'The transparent colour is cut short.');
  if (depth === 8 && transparencies.length === 1 && transparency.length === samples * 2) return { file };
  const values = Array.from({ length: samples }, (_, i) => file.readUInt16BE(transparency.start + i * 2));
  for (const chunk of transparencies) rename(file, chunk);
  const [red = 0, green = red, blue = red] = depth === 1 ? [values[0] === 0 ? 0 : 255] : values;
  if (colourType === colourTypes.grey && depth === 16) return { file };
  return { file, transparent: [red & 255, green & 255, blue & 255] };
}

/** Pixels with an alpha channel in which one colour is transparent. */
export function withTransparent({ pixels, width, height, channels }: DecodedImage, colour: Colour): DecodedImage {
  const out = new Uint8Array(width * height * 4);
  for (let from = 0, to = 0; to < out.length; from += channels, to += 4) {
    const [red, green, blue] = [pixels[from] ?? 0, pixels[from + 1] ?? 0, pixels[from + 2] ?? 0];
    out[to] = red;
    out[to + 1] = green;
    out[to + 2] = blue;
    out[to + 3] = red === colour[0] && green === colour[1] && blue === colour[2] ? 0 : 255;
  }
  return { pixels: out, width, height, channels: 4 };
}

function chunksBeforePixels(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = pngSignatureLength; at + 8 <= file.length;) {
    const [length, name] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)];
    const chunk = { name, start: at + 8, length };
    at += 12 + length;
    if (name === 'IDAT' || name === 'IEND' || at > file.length) break;
    chunks.push(chunk);
  }
  return chunks;
}

function isSound(file: Buffer, { start, length }: Chunk): boolean {
  return crc32(file.subarray(start - 4, start + length)) === file.readUInt32BE(start + length);
}

/** Names a chunk so that nobody knows it. */
function rename(file: Buffer, { start, length }: Chunk): void {
  file.write(unknownName, start - 4, 'latin1');
  file.writeUInt32BE(crc32(file.subarray(start - 4, start + length)), start + length);
}

/** A palette in front of its transparencies, with as many colours; those that the file does not give are black. */
function withPlainPalette(file: Buffer, chunks: readonly Chunk[], depth: number): Buffer {
  const palette = chunks.findLast(({ name }) => name === 'PLTE');
  const transparency = chunks.findLast(({ name }) => name === 'tRNS');
  if (palette === undefined || !isSound(file, palette)) return file;
  const isPlain =
    palette.length % 3 === 0 &&
    (transparency === undefined ||
      (transparency.start > palette.start && transparency.length <= palette.length / 3 && isOnly(chunks, 'tRNS')));
  const most = 2 ** depth;
  if (transparency !== undefined && transparency.length > 256) throw new DecodingError('damaged', 'Too many alphas.');
  if (isPlain || depth > 8) return file;
  const alphas = transparency && file.subarray(transparency.start, transparency.start + transparency.length);
  const colours = file.subarray(palette.start, palette.start + palette.length - (palette.length % 3));
  const count = Math.min(most, Math.max(colours.length / 3, alphas?.length ?? 0));
  const full = Buffer.alloc(Math.max(count, 1) * 3);
  colours.copy(full);
  const others = chunks.filter(({ name }) => name !== 'PLTE' && name !== 'tRNS');
  const last = chunks.at(-1) ?? palette;
  return Buffer.concat([
    file.subarray(0, pngSignatureLength),
    ...others.map(({ start, length }) => file.subarray(start - 8, start + length + 4)),
    pngChunk('PLTE', full),
    ...(alphas === undefined || alphas.length === 0 ? [] : [pngChunk('tRNS', alphas.subarray(0, most))]),
    file.subarray(last.start + last.length + 4),
  ]);
}

function isOnly(chunks: readonly Chunk[], wanted: string): boolean {
  return chunks.filter(({ name }) => name === wanted).length === 1;
}
