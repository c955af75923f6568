import assert from 'node:assert/strict';
import { decodeBmp, readBmpHeader } from '../../../../src/tagger/formats/decodeBmp';
import { DecodingError } from '../../../../src/tagger/formats/DecodingError';

interface Bmp {
  width: number;
  /** negative: the first row comes first */
  height: number;
  bits: number;
  compression?: number;
  /** red, green and blue of each colour */
  palette?: number[][];
  masks?: number[];
  pixels: number[];
  /** unused bytes before the pixels */
  gap?: number;
  headerSize?: number;
}

/** A BMP file with a BITMAPINFOHEADER, or a longer header whose further fields are 0. */
function bmp({
  width,
  height,
  bits,
  compression = 0,
  palette = [],
  masks = [],
  pixels,
  gap = 0,
  headerSize = 40,
}: Bmp): Buffer {
  const header = Buffer.alloc(14 + headerSize);
  header.write('BM');
  header.writeUInt32LE(headerSize, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length, 46);
  const maskBytes = Buffer.alloc(masks.length * 4);
  masks.forEach((mask, index) => maskBytes.writeUInt32LE(mask, index * 4));
  if (headerSize > 40) maskBytes.copy(header, 54);
  const colors = palette.flatMap(([red, green, blue]) => [blue!, green!, red!, 0]);
  const before = [header, ...(headerSize > 40 ? [] : [maskBytes]), Buffer.from(colors), Buffer.alloc(gap)];
  header.writeUInt32LE(Buffer.concat(before).length, 10);
  return Buffer.concat([...before, Buffer.from(pixels)]);
}

const decode = (file: Buffer): number[] => [...decodeBmp(file, readBmpHeader(file)).pixels];

const black = [0, 0, 0];
const red = [255, 0, 0];
const green = [0, 255, 0];
const palette = [black, red, green];

describe('A BMP', () => {
  it('of 1 bit is read from the high bit on, from the last row up', () => {
    const file = bmp({
      width: 3,
      height: 2,
      bits: 1,
      palette: [black, red],
      pixels: [0b10100000, 0, 0, 0, 0b01000000, 0, 0, 0],
    });
    assert.deepEqual(decode(file), [...black, ...red, ...black, ...red, ...black, ...red]);
  });

  it('of 4 bits may have an odd width', () => {
    const file = bmp({ width: 3, height: 2, bits: 4, palette, pixels: [0x11, 0x10, 0, 0, 0x22, 0x20, 0, 0] });
    assert.deepEqual(decode(file), [...green, ...green, ...green, ...red, ...red, ...red]);
  });

  it('of 8 bits may be stored from the first row down', () => {
    const file = bmp({ width: 1, height: -2, bits: 8, palette, pixels: [1, 0, 0, 0, 2, 0, 0, 0] });
    assert.deepEqual(decode(file), [...red, ...green]);
  });

  it('of 16 bits has five bits for each colour', () => {
    // 0x7c00 is full red; 16 of 31 is 131.6.
    const file = bmp({ width: 2, height: 1, bits: 16, pixels: [0x00, 0x7c, 0x10, 0x00] });
    assert.deepEqual(decode(file), [255, 0, 0, 0, 0, 131]);
  });

  it('of 16 bits may have six for green', () => {
    const masks = [0xf800, 0x07e0, 0x001f];
    const file = bmp({ width: 1, height: 1, bits: 16, compression: 3, masks, pixels: [0xe0, 0x07, 0, 0] });
    assert.deepEqual(decode(file), green);
  });

  it('of 24 bits may have a gap before its pixels', () => {
    const file = bmp({ width: 1, height: 1, bits: 24, gap: 4, pixels: [3, 2, 1, 0] });
    assert.deepEqual(decode(file), [1, 2, 3]);
  });

  it('of 32 bits has no transparency unless it says so', () => {
    const pixels = [3, 2, 1, 0];
    assert.deepEqual(decode(bmp({ width: 1, height: 1, bits: 32, pixels })), [1, 2, 3]);
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const withAlpha = bmp({ width: 1, height: 1, bits: 32, compression: 3, masks, headerSize: 124, pixels });
    assert.deepEqual(decode(withAlpha), [1, 2, 3, 0]);
  });

  it('with 8-bit runs has repeated, literal and skipped pixels', () => {
    // 2 x red; literal green black green (padded); end of row; skip 1; 1 x green; end of row; end.
    const pixels = [2, 1, 0, 3, 2, 0, 2, 0, 0, 0, 0, 2, 1, 0, 1, 2, 0, 0, 0, 1];
    const file = bmp({ width: 5, height: 2, bits: 8, compression: 1, palette, pixels });
    const top = [...black, ...green, ...black, ...black, ...black];
    assert.deepEqual(decode(file), [...top, ...red, ...red, ...green, ...black, ...green]);
  });

  it('with 4-bit runs alternates two colours', () => {
    const file = bmp({ width: 3, height: 1, bits: 4, compression: 2, palette, pixels: [3, 0x12, 0, 1] });
    assert.deepEqual(decode(file), [...red, ...green, ...red]);
  });

  it('with runs that go on beyond their row takes no more time than its bytes', () => {
    // Each pair of bytes claims 255 pixels: 5 thousand million in all, of a picture of one.
    const file = bmp({ width: 1, height: 1, bits: 8, compression: 1, palette, pixels: [] });
    const claims = Buffer.concat([file, Buffer.alloc(40_000_000, Buffer.from([255, 1])), Buffer.from([0, 1])]);
    const before = performance.now();
    assert.deepEqual(decode(claims), red);
    assert.ok(performance.now() - before < 5000);
  });

  it('that is cut short is refused, wherever it is cut', () => {
    const file = bmp({ width: 3, height: 2, bits: 4, palette, pixels: [0x11, 0x10, 0, 0, 0x22, 0x20, 0, 0] });
    // The padding of the last row is the only part that may be missing.
    for (let length = 2; length < file.length - 2; length++) {
      assert.throws(() => decode(file.subarray(0, length)), DecodingError, `${length} bytes`);
    }
    const runs = bmp({ width: 5, height: 2, bits: 8, compression: 1, palette, pixels: [2, 1, 0] });
    assert.throws(() => decode(runs), DecodingError);
    // The code for the end of the picture comes after one of its two pixels: Pillow says "not enough image data".
    const short = bmp({ width: 2, height: 1, bits: 8, compression: 1, palette, pixels: [1, 1, 0, 1] });
    assert.throws(() => decode(short), DecodingError);
  });

  it('of an unknown kind is refused', () => {
    const reason = (error: unknown): boolean => error instanceof DecodingError && error.fault === 'unsupported';
    assert.throws(() => decode(bmp({ width: 1, height: 1, bits: 24, compression: 4, pixels: [0, 0, 0, 0] })), reason);
    assert.throws(() => decode(bmp({ width: 1, height: 1, bits: 3, pixels: [0, 0, 0, 0] })), reason);
  });
});
