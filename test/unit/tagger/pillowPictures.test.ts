import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { packPaths } from '../../../src/dataset/scan/scanMessages';
import { readFacts } from '../../../src/dataset/scan/readFacts';
import { errorCode, errorMessage } from '../../../src/protocol/channel/wireError';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { testFolder } from '../shared/testFolder';

const entry = path.resolve(__dirname, '../../../dist/tagger.js');
/** The soak names a folder with more of them. */
const pictures =
  process.env.DATASET_CAPTIONS_PILLOW_PICTURES ?? path.resolve(__dirname, '../../../test/fixtures/pillow/pictures');

/** What `makePictures.py` says of a picture. */
interface Said {
  /** in pixels, as shown */
  width: number;
  height: number;
  /** the file with what Pillow makes of it, on white */
  expected: string;
  /** AVIF, which another library decodes */
  lossy?: true;
  refused?: string;
}

const index = JSON.parse(readFileSync(path.join(pictures, 'index.json'), 'utf8')) as {
  pillow: string;
  pictures: Record<string, Said>;
};

/** Red, green and blue of each pixel. */
interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

async function readPng(file: string): Promise<Pixels> {
  const { data, info } = await sharp(file)
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The largest difference of a value, and the mean. */
function difference(some: Pixels, others: Pixels): { largest: number; mean: number } {
  assert.deepEqual([some.width, some.height], [others.width, others.height]);
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < some.data.length; i++) {
    const one = Math.abs(some.data[i]! - others.data[i]!);
    largest = Math.max(largest, one);
    sum += one;
  }
  return { largest, mean: sum / some.data.length };
}

/** The picture in the middle of a white square. */
function inSquare({ data, width, height }: Pixels): Pixels {
  const side = Math.max(width, height);
  const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
  const square = new Uint8Array(side * side * 3).fill(255);
  for (let y = 0; y < height; y++) {
    square.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * side + left) * 3);
  }
  return { data: square, width: side, height: side };
}

/** The picture from right to left, upside down, or both. */
function flipped({ data, width, height }: Pixels, across: boolean, down: boolean): Pixels {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((down ? height - 1 - y : y) * width + (across ? width - 1 - x : x)) * 3;
      turned.set(data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { data: turned, width, height };
}

/** How far from Pillow's an AVIF may be. Its other decoder doubles the colour of halved planes in another way. */
function avifTolerance(name: string): { largest: number; mean: number } {
  if (/42[02]|limited|sequence\./.test(name)) return { largest: 96, mean: 8 };
  // A difference of 1 grows when it is divided by alpha.
  return { largest: name.includes('premultiplied') ? 3 : 1, mean: 0.5 };
}

describe(`Beside Pillow ${index.pillow}`, function () {
  this.timeout(60_000);
  const folder = testFolder();
  let tagger: TaggerProcess;
  before(() => {
    tagger = new TaggerProcess({ entry });
  });
  after(() => {
    tagger.dispose();
  });

  for (const [name, said] of Object.entries(index.pictures)) {
    const imagePath = path.join(pictures, name);
    if (said.refused !== undefined) {
      it(`a file that it refuses is refused with its reason: ${name}`, () => refuses(imagePath));
    } else {
      it(`a picture is the same to the tagger, to the last bit: ${name}`, () => hasSamePixels(imagePath, said));
      it(`a picture has the same size, and a thumbnail that stands upright: ${name}`, () => isUpright(imagePath, said));
    }
  }

  async function hasSamePixels(imagePath: string, said: Said): Promise<void> {
    const expected = inSquare(await readPng(path.join(pictures, said.expected)));
    const size = expected.width;
    const { pixels } = await tagger.request('prepareImage', { imagePath, size, mode: 'exact' });
    const found = difference({ data: pixels, width: size, height: size }, expected);
    const allowed = said.lossy === true ? avifTolerance(path.basename(imagePath)) : { largest: 0, mean: 0 };
    assert.ok(found.largest <= allowed.largest && found.mean <= allowed.mean, JSON.stringify(found));
  }

  async function isUpright(imagePath: string, { width, height, expected: file }: Said): Promise<void> {
    const info = await tagger.request('readImageInfo', { imagePath });
    assert.deepEqual([info.width, info.height], [width, height], 'in the viewer');
    const facts = readFacts({ images: packPaths([path.basename(imagePath)]), pixels: true }, pictures);
    assert.deepEqual([...facts.pixels], [width, height], 'in the search');

    const outputPath = path.join(folder(), 'thumbnail.png');
    await tagger.request('makeThumbnail', { imagePath, size: Math.max(width, height), outputPath });
    const thumbnail = await readPng(outputPath);
    const expected = await readPng(path.join(pictures, file));
    // Its colours go by the profile; turned otherwise it would be further from what it should be.
    const { mean } = difference(thumbnail, expected);
    for (const [across, down] of [
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      assert.ok(mean <= difference(thumbnail, flipped(expected, across, down)).mean, `${across} ${down}`);
    }
  }

  /** The reason has to be that of the damage: what was cut is not called wrong, and what is whole not cut. */
  async function refuses(imagePath: string): Promise<void> {
    const [, code, message] = reasons.find(([names]) => names.test(imagePath)) ?? assert.fail();
    const outputPath = path.join(folder(), 'thumbnail.png');
    const asked = await Promise.allSettled([
      tagger.request('prepareImage', { imagePath, size: 32, mode: 'exact' }),
      tagger.request('makeThumbnail', { imagePath, size: 32, outputPath }),
    ]);
    for (const one of asked) {
      assert.ok(one.status === 'rejected', 'it is decoded');
      assert.equal(errorCode(one.reason), code, errorMessage(one.reason));
      assert.match(errorMessage(one.reason), message);
    }
  }
});

/** By the names of the files: the code of the error, and what it says. */
const reasons: [RegExp, string, RegExp][] = [
  [/-crc-/, 'IMAGE_DAMAGED', /the checksum of its header is wrong/],
  [/-too-/, 'IMAGE_TOO_LARGE', /limit/],
  [/-checksum-pixels/, 'IMAGE_DAMAGED', /the checksum of the picture's data is wrong/],
  [/-cut-/, 'IMAGE_TRUNCATED', /ends early/],
  [/-kind-/, 'IMAGE_NOT_AN_IMAGE', /^This kind of \w+ is not supported: .*\d/],
  [/./, 'IMAGE_DAMAGED', /contradict/],
];
