import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';

/** A small picture in each format that is decoded, some in several kinds. */
export async function imageCorpus(): Promise<{ name: string; bytes: Buffer }[]> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="61" height="47"><rect width="40" height="30" fill="#c63"/><circle cx="30" cy="30" r="15" fill="#36c8"/></svg>';
  const picture = sharp(Buffer.from(svg));
  const opaque = picture.clone().flatten({ background: 'white' });
  const made = await Promise.all([
    named('a.png', picture.clone().png()),
    named('palette.png', picture.clone().png({ palette: true })),
    named('interlaced.png', opaque.clone().png({ progressive: true })),
    named(
      'a.jpg',
      opaque
        .clone()
        .withExif({ IFD0: { Orientation: '6' } })
        .jpeg(),
    ),
    named('progressive.jpg', opaque.clone().jpeg({ progressive: true })),
    named('a.webp', picture.clone().webp()),
    named('lossless.webp', picture.clone().webp({ lossless: true })),
    named('a.gif', picture.clone().gif()),
    named('a.tiff', opaque.clone().tiff({ compression: 'lzw' })),
    named('tiled.tif', opaque.clone().tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 })),
    named('a.avif', picture.clone().avif({ effort: 0 })),
  ]);
  return [...made, { name: 'a.bmp', bytes: bitmap(61, 47) }];
}

async function named(name: string, picture: Sharp): Promise<{ name: string; bytes: Buffer }> {
  return { name, bytes: await picture.toBuffer() };
}

/** An uncompressed bitmap with 24 bits for each pixel. */
function bitmap(width: number, height: number): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height, 0x7f);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(0, 6);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.fill(0, 30, 54);
  return bytes;
}

/**
 * What may happen to a file: bits that turned, numbers at their ends, pieces lost, doubled or from another file, an
 * early end.
 */
export function mutated(files: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const change = fc.oneof(
    fc.record({ kind: fc.constant('byte' as const), at: place, value: fc.nat(255) }),
    // Most of what decides how a file is read stands at its beginning.
    fc.record({ kind: fc.constant('byte' as const), at: place.map((one) => one / 10), value: fc.nat(255) }),
    fc.record({
      kind: fc.constant('number' as const),
      at: place,
      value: fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xffff),
    }),
    fc.record({
      kind: fc.constant('number' as const),
      at: place.map((one) => one / 10),
      value: fc.constantFrom(0, 0xffffffff, 0x7fffffff, 65_536),
    }),
    fc.record({ kind: fc.constant('end' as const), at: place }),
    fc.record({ kind: fc.constant('lose' as const), at: place, length: fc.nat(64) }),
    fc.record({ kind: fc.constant('double' as const), at: place, length: fc.nat(64) }),
    fc.record({ kind: fc.constant('foreign' as const), at: place, from: fc.nat() }),
  );
  return fc
    .tuple(fc.nat(files.length - 1), fc.array(change, { minLength: 1, maxLength: 5, size: 'small' }))
    .map(([index, changes]) => {
      let bytes = Buffer.from(files[index] ?? Buffer.alloc(0));
      for (const one of changes) {
        const at = Math.floor(one.at * bytes.length);
        switch (one.kind) {
          case 'byte':
            if (bytes.length > 0) bytes[at] = one.value;
            break;
          case 'number':
            if (at + 4 <= bytes.length) bytes.writeUInt32BE(one.value, at);
            break;
          case 'end':
            bytes = bytes.subarray(0, at);
            break;
          case 'lose':
            bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + one.length)]);
            break;
          case 'double':
            bytes = Buffer.concat([bytes.subarray(0, at + one.length), bytes.subarray(at)]);
            break;
          case 'foreign': {
            const other = files[one.from % files.length] ?? Buffer.alloc(0);
            bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.floor(one.at * other.length))]);
            break;
          }
        }
      }
      return bytes;
    });
}

/** The memory that a process holds, in MB. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
