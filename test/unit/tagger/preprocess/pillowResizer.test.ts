import assert from 'node:assert/strict';
import type { DecodedImage } from '../../../../src/tagger/formats/DecodedImage';
import { PillowResizer } from '../../../../src/tagger/preprocess/PillowResizer';
import { plainBlend, plainResize } from './plainResize';

const resizer = new PillowResizer();
const resized = (image: DecodedImage, size: number): Uint8Array => resizer.resize(image, size);

/** A grey square whose rows all are `row`. */
function rowsOf(row: number[]): DecodedImage {
  const side = row.length;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => row[Math.floor(i / 3) % side]!);
  return { pixels, width: side, height: side, channels: 3 };
}

/** A grey square whose columns all are `column`. */
function columnsOf(column: number[]): DecodedImage {
  const side = column.length;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => column[Math.floor(i / 3 / side)]!);
  return { pixels, width: side, height: side, channels: 3 };
}

const firstRow = (pixels: Uint8Array, size: number): number[] => Array.from({ length: size }, (_, x) => pixels[x * 3]!);
const firstColumn = (pixels: Uint8Array, size: number): number[] =>
  Array.from({ length: size }, (_, y) => pixels[y * size * 3]!);

/** Repeatable numbers without any pattern, 0..255. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  };
}

function noise(width: number, height: number, channels: 3 | 4 = 3): DecodedImage {
  const random = generator(12345);
  return { pixels: Uint8Array.from({ length: width * height * channels }, random), width, height, channels };
}

/** Black and white at random: the bicubic filter overshoots at every edge. */
function extremes(width: number, height: number): DecodedImage {
  const random = generator(99);
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => (random() < 128 ? 0 : 255));
  return { pixels, width, height, channels: 3 };
}

describe("Pillow's bicubic filter", () => {
  // f(0.25) = 0.8671875, f(0.75) = 0.2265625, f(1.25) = -0.0703125. The outer results of 2 -> 4 pixels weigh the inputs
  // f(0.25) : f(1.25), the inner ones f(0.25) : f(0.75), normalised: 91.18, 120.71, 179.29, 208.82.
  it('enlarges as computed by hand', () => {
    assert.deepEqual(firstRow(resized(rowsOf([100, 200]), 4), 4), [91, 121, 179, 209]);
    assert.deepEqual(firstColumn(resized(columnsOf([100, 200]), 4), 4), [91, 121, 179, 209]);
  });

  // 4 -> 2 pixels: f(0.25), f(0.25), f(0.75), f(1.25), normalised by 1.890625: 15.87 and 34.13.
  it('reduces with antialiasing as computed by hand', () => {
    assert.deepEqual(firstRow(resized(rowsOf([10, 20, 30, 40]), 2), 2), [16, 34]);
    assert.deepEqual(firstColumn(resized(columnsOf([10, 20, 30, 40]), 2), 2), [16, 34]);
  });

  // The negative lobe of f(1.25) would give -9.5 and 264.5.
  it('clips what overshoots', () => {
    assert.deepEqual(firstRow(resized(rowsOf([255, 0, 0, 0]), 2), 2), [117, 0]);
    assert.deepEqual(firstRow(resized(rowsOf([0, 255, 255, 255]), 2), 2), [138, 255]);
  });

  it('leaves a picture of the right size alone', () => {
    assert.deepEqual(resized(noise(5, 5), 5), noise(5, 5).pixels);
  });

  it('only puts a picture of the right size on white when it is not square', () => {
    const black = { pixels: new Uint8Array(3 * 2 * 3), width: 3, height: 2, channels: 3 } as const;
    assert.deepEqual([...resized(black, 3)], [...Array<number>(18).fill(0), ...Array<number>(9).fill(255)]);
  });

  it('keeps a plain colour at any scale', () => {
    for (const [from, to] of [
      [1, 448],
      [3, 448],
      [700, 448],
      [13, 5],
    ] as const) {
      const result = resized(rowsOf(Array<number>(from).fill(77)), to);
      assert.equal(result.length, to * to * 3);
      assert.ok(result.every((value) => value === 77));
    }
  });

  const shapes = [
    [1, 1],
    [1, 2],
    [2, 1],
    [1, 40],
    [40, 1],
    [3, 700],
    [700, 3],
    [1, 1501],
    [1501, 2],
    [5, 8],
    [30, 17],
    [17, 30],
    [64, 64],
    [127, 128],
    [449, 447],
    [301, 977],
  ] as const;
  const sizes = [1, 2, 5, 16, 33, 64];

  for (const [width, height] of shapes) {
    it(`gives what a plain computation gives for ${width} x ${height} pixels`, () => {
      for (const size of Math.max(width, height) < 500 ? [...sizes, 448] : sizes) {
        for (const image of [noise(width, height), extremes(width, height)]) {
          assert.ok(Buffer.from(resized(image, size)).equals(plainResize(image, size)), `differs at size ${size}`);
        }
      }
    });
  }

  it('gives what a plain computation gives for sizes at random', () => {
    const random = generator(7);
    for (let i = 0; i < 60; i++) {
      const [width, height, size] = [1 + random(), 1 + random(), 1 + (random() >> 1)];
      const image = i % 2 === 0 ? noise(width, height) : extremes(width, height);
      const message = `${width} x ${height} to ${size}`;
      assert.ok(Buffer.from(resized(image, size)).equals(plainResize(image, size)), message);
    }
  });

  it('gives the same after a picture that needed much memory', () => {
    const before = resized(noise(50, 20), 48);
    assert.equal(resized(noise(20, 20), 2000).length, 2000 * 2000 * 3);
    assert.deepEqual(resized(noise(50, 20), 48), before);
  });

  it('makes the same values as floats, blue first, pixel by pixel or in planes', () => {
    for (const size of [1, 3, 10, 448]) {
      const image = noise(90, 70);
      const pixels = resized(image, size);
      const area = size * size;
      const expected = (channel: number, at: number): number => pixels[at * 3 + 2 - channel]!;
      const last = Float32Array.from({ length: area * 3 }, (_, i) => expected(i % 3, Math.floor(i / 3)));
      const first = Float32Array.from({ length: area * 3 }, (_, i) => expected(Math.floor(i / area), i % area));
      const floats = new Float32Array(size * size * 3);
      resizer.resizeToFloats(image, size, true, floats);
      assert.deepEqual(floats, last);
      resizer.resizeToFloats(image, size, false, floats);
      assert.deepEqual(floats, first);
    }
  });
});

describe('Putting transparency on white', () => {
  // Half-transparent red: 255 * (1 - 128 / 255) = 127 for the channels that are 0.
  it('mixes by alpha', () => {
    const pixels = Uint8Array.from([255, 0, 0, 128, 10, 20, 30, 255, 10, 20, 30, 0]);
    const middle = resized({ pixels, width: 3, height: 1, channels: 4 }, 3).subarray(9, 18);
    assert.deepEqual([...middle], [255, 127, 127, 10, 20, 30, 255, 255, 255]);
  });

  it("rounds every value and alpha as Pillow's alpha_composite", () => {
    const pixels = Uint8Array.from({ length: 256 * 256 * 4 }, (_, i) => (i % 4 === 3 ? (i >> 2) & 255 : i >> 10));
    const image = { pixels, width: 256, height: 256, channels: 4 } as const;
    assert.ok(Buffer.from(resized(image, 256)).equals(plainBlend(image)));
  });

  it('comes before scaling', () => {
    for (const [width, height] of [
      [7, 5],
      [61, 200],
      [500, 33],
    ] as const) {
      const image = noise(width, height, 4);
      const opaque = { ...image, pixels: plainBlend(image), channels: 3 } as const;
      assert.ok(Buffer.from(resized(image, 40)).equals(plainResize(opaque, 40)));
    }
  });
});
