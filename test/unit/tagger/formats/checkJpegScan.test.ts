import assert from 'node:assert/strict';
import sharp, { type JpegOptions } from 'sharp';
import { checkJpegScan } from '../../../../src/tagger/formats/checkJpegScan';
import { DecodingError } from '../../../../src/tagger/formats/DecodingError';

/** Noise, so that there is enough between begin and end. */
function jpeg(options: JpegOptions = {}): Promise<Buffer> {
  const create = {
    width: 64,
    height: 64,
    channels: 3 as const,
    background: '#808080',
    noise: { type: 'gaussian' as const, mean: 128, sigma: 60 },
  };
  return sharp({ create })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4', ...options })
    .toBuffer();
}

/** With other bytes at two thirds of the file, which is within the pixels. */
function changed(file: Buffer, ...bytes: number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, Math.floor((file.length * 2) / 3));
  return copy;
}

function isRefused(file: Buffer): boolean {
  try {
    checkJpegScan(file);
    return false;
  } catch (error) {
    assert.ok(error instanceof DecodingError && error.fault === 'damaged');
    return true;
  }
}

// What Pillow 13 made of files that were damaged in the same way.
describe('The scan of a JPEG', () => {
  it('is as it should be in whole files, also progressive ones', async () => {
    assert.equal(isRefused(await jpeg()), false);
    assert.equal(isRefused(await jpeg({ progressive: true })), false);
  });

  for (const [name, bytes] of [
    ['a marker that means nothing', [0xff, 0x10]],
    ['a marker that is reserved', [0xff, 0xf0]],
    ['another begin', [0xff, 0xd8]],
    ['another frame', [0xff, 0xc0, 0, 17]],
    ['another scan', [0xff, 0xda, 0, 12]],
    ['Huffman tables that are none', [0xff, 0xc4, 0, 40, 0x55, ...Array<number>(16).fill(99)]],
    ['quantization tables that are none', [0xff, 0xdb, 0, 67, 0x07]],
    ['arithmetic conditions that are none', [0xff, 0xcc, 0, 4, 0x40, 0]],
    ['an interval of restarts of a wrong length', [0xff, 0xdd, 0, 9]],
  ] as const) {
    it(`is refused when it is broken off by ${name}: the rest of the picture would be grey`, async () => {
      assert.equal(isRefused(changed(await jpeg(), ...bytes)), true);
    });
  }

  for (const [name, bytes] of [
    ['a restart', [0xff, 0xd3]],
    ['its end', [0xff, 0xd9]],
    ['a comment', [0xff, 0xfe, 0, 8]],
    ['data of a program', [0xff, 0xe1, 0, 8]],
  ] as const) {
    it(`is let pass, as by Pillow, when ${name} stands within it`, async () => {
      assert.equal(isRefused(changed(await jpeg(), ...bytes)), false);
    });
  }
});
