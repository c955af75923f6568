// Heads of image files, byte by byte: as the specifications of the formats say, without a decoder or encoder.
import { crc32, deflateSync } from 'node:zlib';

export type Order = 'little' | 'big';

export function uint(order: Order, length: 1 | 2 | 3 | 4 | 8, value: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (length === 8) {
    if (order === 'little') bytes.writeBigUInt64LE(BigInt(value));
    else bytes.writeBigUInt64BE(BigInt(value));
  } else if (order === 'little') bytes.writeUIntLE(value, 0, length);
  else bytes.writeUIntBE(value, 0, length);
  return bytes;
}

/** The types of TIFF 6.0 and BigTIFF that hold numbers. */
export const tiffTypes = { byte: 1, ascii: 2, short: 3, long: 4, rational: 5, float: 11, ifd: 13, long8: 16 };

/** A directory's entry; its values are bytes, in the order of the file. */
export interface TiffEntry {
  tag: number;
  type: number;
  count: number;
  values: Buffer;
}

export function entry(order: Order, tag: number, type: keyof typeof tiffTypes, ...numbers: number[]): TiffEntry {
  const values = numbers.map((number) => {
    switch (type) {
      case 'byte':
      case 'ascii':
        return uint(order, 1, number);
      case 'short':
        return uint(order, 2, number);
      case 'long':
      case 'ifd':
        return uint(order, 4, number);
      case 'long8':
        return uint(order, 8, number);
      case 'rational':
        return Buffer.concat([uint(order, 4, number), uint(order, 4, 1)]);
      case 'float': {
        const bytes = Buffer.alloc(4);
        if (order === 'little') bytes.writeFloatLE(number);
        else bytes.writeFloatBE(number);
        return bytes;
      }
    }
  });
  return { tag, type: tiffTypes[type], count: numbers.length, values: Buffer.concat(values) };
}

/** A TIFF: header, `before` bytes of something else, the directory, the values that do not fit into it. */
export function tiff(order: Order, entries: readonly TiffEntry[], { before = 0, big = false } = {}): Buffer {
  const wide = big ? 8 : 4;
  const start = (big ? 16 : 8) + before;
  const header = [
    Buffer.from(order === 'little' ? 'II' : 'MM'),
    uint(order, 2, big ? 43 : 42),
    ...(big ? [uint(order, 2, 8), uint(order, 2, 0)] : []),
    uint(order, wide, start),
  ];
  let outside = start + (big ? 8 : 2) + entries.length * (big ? 20 : 12) + wide;
  const values: Buffer[] = [];
  const directory = entries.map((one) => {
    const fits = one.values.length <= wide;
    const place = fits
      ? Buffer.concat([one.values, Buffer.alloc(wide - one.values.length)])
      : uint(order, wide, outside);
    if (!fits) {
      values.push(one.values);
      outside += one.values.length;
    }
    return Buffer.concat([uint(order, 2, one.tag), uint(order, 2, one.type), uint(order, wide, one.count), place]);
  });
  const count = uint(order, big ? 8 : 2, entries.length);
  return Buffer.concat([...header, Buffer.alloc(before), count, ...directory, uint(order, wide, 0), ...values]);
}

/** EXIF with nothing but an orientation. */
export function exif(orientation: number, type: keyof typeof tiffTypes = 'short', before = 0): Buffer {
  return tiff('big', [entry('big', 274, type, orientation)], { before });
}

export function xmp(orientation: number, element = false): Buffer {
  const says = element
    ? `><tiff:Orientation>${orientation}</tiff:Orientation>`
    : ` tiff:Orientation="${orientation}"/>`;
  return Buffer.from(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description rdf:about=""${says}`);
}

export const exifPrefix = Buffer.from('Exif\0\0', 'latin1');
export const xmpPrefix = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');

export function segment(marker: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([0xff, marker]), uint('big', 2, body.length + 2), body]);
}

/** A JPEG up to its pixels, with segments between the start and the frame. */
export function jpeg(width: number, height: number, ...segments: Buffer[]): Buffer {
  const frame = [uint('big', 1, 8), uint('big', 2, height), uint('big', 2, width), Buffer.from([1, 1, 0x11, 0])];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...segments,
    segment(0xc0, ...frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
  ]);
}

export function chunk(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), ...content]);
  return Buffer.concat([uint('big', 4, body.length - 4), body, uint('big', 4, crc32(body))]);
}

export const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A PNG with an IDAT of nothing, chunks before it, and others behind it. */
export function png(width: number, height: number, before: Buffer[] = [], behind: Buffer[] = []): Buffer {
  const header = chunk('IHDR', uint('big', 4, width), uint('big', 4, height), Buffer.from([8, 2, 0, 0, 0]));
  return Buffer.concat([pngSignature, header, ...before, chunk('IDAT'), ...behind, chunk('IEND')]);
}

export function internationalText(keyword: string, text: Buffer, packed = false): Buffer {
  const head = Buffer.from(`${keyword}\0${packed ? '\x01' : '\0'}\0\0\0`, 'latin1');
  return chunk('iTXt', head, packed ? deflateSync(text) : text);
}

/** EXIF as ImageMagick and GIMP write it: hexadecimal digits, 36 bytes a line. */
export function rawProfile(type: 'zTXt' | 'tEXt', profile: Buffer): Buffer {
  const digits = profile.toString('hex').replaceAll(/(.{72})/g, '$1\n');
  const text = Buffer.from(`\nexif\n${String(profile.length).padStart(8)}\n${digits}\n`);
  const keyword = Buffer.from('Raw profile type exif\0', 'latin1');
  return type === 'tEXt' ? chunk('tEXt', keyword, text) : chunk('zTXt', keyword, Buffer.from([0]), deflateSync(text));
}

export function riffChunk(type: string, content: Buffer): Buffer {
  const padding = Buffer.alloc(content.length % 2);
  return Buffer.concat([Buffer.from(type, 'latin1'), uint('little', 4, content.length), content, padding]);
}

export function webp(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  return Buffer.concat([Buffer.from('RIFF'), uint('little', 4, body.length), body]);
}

/** The first chunk of a WebP with more than a picture. Flags: 8 for EXIF, 4 for XMP. */
export function extended(flags: number, width: number, height: number): Buffer {
  const size = [uint('little', 3, width - 1), uint('little', 3, height - 1)];
  return riffChunk('VP8X', Buffer.concat([Buffer.from([flags, 0, 0, 0]), ...size]));
}

/** A GIF up to the pixels of its first image. */
export function gif(
  screen: [number, number],
  image: [number, number, number, number],
  extensions: Buffer[] = [],
): Buffer {
  const words = (numbers: number[]): Buffer => Buffer.concat(numbers.map((number) => uint('little', 2, number)));
  return Buffer.concat([
    Buffer.from('GIF89a'),
    words(screen),
    // A colour table of 4 colours.
    Buffer.from([0xf1, 0, 0]),
    Buffer.alloc(12),
    ...extensions,
    Buffer.from([0x2c]),
    words(image),
    Buffer.from([0, 2, 0, 0x3b]),
  ]);
}

export function bmp(header: number, width: number, height: number): Buffer {
  const bytes = Buffer.alloc(14 + Math.max(header, 12));
  bytes.write('BM');
  bytes.writeUInt32LE(header, 14);
  if (header === 12) {
    bytes.writeUInt16LE(width, 18);
    bytes.writeUInt16LE(height, 20);
  } else {
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(height, 22);
  }
  return bytes;
}

export function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint('big', 4, 8 + body.length), Buffer.from(type, 'latin1'), body]);
}

/** A box that begins with a version and flags. */
export function fullBox(type: string, version: number, ...content: Buffer[]): Buffer {
  return box(type, uint('big', 1, version), uint('big', 3, 0), ...content);
}

export function ispe(width: number, height: number): Buffer {
  return fullBox('ispe', 0, uint('big', 4, width), uint('big', 4, height));
}

export function brands(major: string): Buffer {
  return box('ftyp', Buffer.from(`${major}\0\0\0\0avifmif1miaf`, 'latin1'));
}

/** What an item of metadata holds: EXIF, or XMP. */
export interface AvifMetadata {
  type: 'Exif' | 'mime';
  content: Buffer;
}

/**
 * An AVIF without pixels: item 1 is a thumbnail of 8 x 6, item 2 the primary one with the properties that are given,
 * the items from 3 on describe it.
 */
export function avif(properties: Buffer[], metadata: AvifMetadata[] = [], major = 'avif'): Buffer {
  const u16 = (value: number): Buffer => uint('big', 2, value);
  const associated = Buffer.from([
    ...[0, 1, 1, 1],
    ...[0, 2, properties.length, ...properties.map((_, index) => index + 2)],
  ]);
  const infe = (id: number, type: string, rest = ''): Buffer =>
    fullBox('infe', 2, u16(id), u16(0), Buffer.from(`${type}\0${rest}`, 'latin1'));
  const items = metadata.map(({ type }, index) =>
    infe(3 + index, type, type === 'mime' ? 'application/rdf+xml\0' : ''),
  );
  const meta = (offsets: readonly number[]): Buffer =>
    fullBox(
      'meta',
      0,
      fullBox('pitm', 0, u16(2)),
      fullBox('iinf', 0, u16(2 + items.length), infe(1, 'av01'), infe(2, 'av01'), ...items),
      fullBox('iref', 0, ...metadata.map((_, index) => box('cdsc', u16(3 + index), u16(1), u16(2)))),
      // Offsets and lengths of 4 bytes each.
      fullBox(
        'iloc',
        0,
        Buffer.from([0x44, 0]),
        u16(metadata.length),
        ...metadata.map(({ content }, index) =>
          Buffer.concat([
            ...[u16(3 + index), u16(0), u16(1)],
            ...[uint('big', 4, offsets[index] ?? 0), uint('big', 4, content.length)],
          ]),
        ),
      ),
      box('iprp', box('ipco', ispe(8, 6), ...properties), fullBox('ipma', 0, uint('big', 4, 2), associated)),
    );
  const head = brands(major);
  let at = head.length + meta([]).length + 8;
  const offsets = metadata.map(({ content }) => {
    const start = at;
    at += content.length;
    return start;
  });
  return Buffer.concat([head, meta(offsets), box('mdat', ...metadata.map(({ content }) => content))]);
}

/** A sequence: its track has a size of its own, and properties. */
export function avifSequence(width: number, height: number, properties: Buffer[], major = 'avis'): Buffer {
  const trak = (id: number, size: [number, number], ...others: Buffer[]): Buffer =>
    box(
      'trak',
      // Times, number, duration, layer, volume and a matrix, then the size with 16 bits of fraction.
      fullBox('tkhd', 0, uint('big', 4, 0), uint('big', 4, 0), uint('big', 4, id), Buffer.alloc(60), fixed(size)),
      ...others,
      box(
        'mdia',
        box('minf', box('stbl', fullBox('stsd', 0, uint('big', 4, 1), box('av01', Buffer.alloc(78), ...properties)))),
      ),
    );
  const alpha = trak(1, [9, 9], box('tref', box('auxl', uint('big', 4, 2))));
  return Buffer.concat([brands(major), box('moov', fullBox('mvhd', 0), alpha, trak(2, [width, height]))]);
}

function fixed(numbers: number[]): Buffer {
  return Buffer.concat(numbers.map((number) => uint('big', 4, number * 65_536)));
}
