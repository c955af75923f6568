import assert from 'node:assert/strict';
import { resizePaddedSquare, type PaddedPicture } from '../../src/tagger/pillowBicubic';

/** A grey square whose rows all are `row`. */
function rowsOf(row: number[]): PaddedPicture {
  const side = row.length;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => row[Math.floor(i / 3) % side]!);
  return { pixels, width: side, height: side, side, left: 0, top: 0 };
}

/** A grey square whose columns all are `column`. */
function columnsOf(column: number[]): PaddedPicture {
  const side = column.length;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => column[Math.floor(i / 3 / side)]!);
  return { pixels, width: side, height: side, side, left: 0, top: 0 };
}

const firstRow = (pixels: Uint8Array, size: number): number[] => Array.from({ length: size }, (_, x) => pixels[x * 3]!);
const firstColumn = (pixels: Uint8Array, size: number): number[] =>
  Array.from({ length: size }, (_, y) => pixels[y * size * 3]!);

/** A repeatable picture without any pattern. */
function noise(width: number, height: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

describe("Pillow's bicubic filter", () => {
  // f(0.25) = 0.8671875, f(0.75) = 0.2265625, f(1.25) = -0.0703125. The outer results of 2 -> 4 pixels weigh the inputs
  // f(0.25) : f(1.25), the inner ones f(0.25) : f(0.75), normalised: 91.18, 120.71, 179.29, 208.82.
  it('enlarges as computed by hand', () => {
    assert.deepEqual(firstRow(resizePaddedSquare(rowsOf([100, 200]), 4), 4), [91, 121, 179, 209]);
    assert.deepEqual(firstColumn(resizePaddedSquare(columnsOf([100, 200]), 4), 4), [91, 121, 179, 209]);
  });

  // 4 -> 2 pixels: f(0.25), f(0.25), f(0.75), f(1.25), normalised by 1.890625: 15.87 and 34.13.
  it('reduces with antialiasing as computed by hand', () => {
    assert.deepEqual(firstRow(resizePaddedSquare(rowsOf([10, 20, 30, 40]), 2), 2), [16, 34]);
    assert.deepEqual(firstColumn(resizePaddedSquare(columnsOf([10, 20, 30, 40]), 2), 2), [16, 34]);
  });

  // The negative lobe of f(1.25) would give -9.5 and 264.5.
  it('clips what overshoots', () => {
    assert.deepEqual(firstRow(resizePaddedSquare(rowsOf([255, 0, 0, 0]), 2), 2), [117, 0]);
    assert.deepEqual(firstRow(resizePaddedSquare(rowsOf([0, 255, 255, 255]), 2), 2), [138, 255]);
  });

  it('leaves a picture of the right size alone', () => {
    const pixels = noise(5, 5);
    const picture = { pixels, width: 5, height: 5, side: 5, left: 0, top: 0 };
    assert.deepEqual(resizePaddedSquare(picture, 5), pixels);
  });

  it('keeps a plain colour at any scale', () => {
    for (const [from, to] of [
      [1, 448],
      [3, 448],
      [700, 448],
      [13, 5],
    ] as const) {
      const result = resizePaddedSquare(rowsOf(Array<number>(from).fill(77)), to);
      assert.equal(result.length, to * to * 3);
      assert.ok(result.every((value) => value === 77));
    }
  });

  it('gives the same for a picture in its square as for the square itself', () => {
    for (const [width, height, size] of [
      [30, 17, 12],
      [17, 30, 12],
      [40, 1, 9],
      [1, 40, 9],
      [7, 4, 20],
      [5, 8, 8],
    ] as const) {
      const side = Math.max(width, height);
      const left = Math.floor((side - width) / 2);
      const top = Math.floor((side - height) / 2);
      const pixels = noise(width, height);
      const square = new Uint8Array(side * side * 3).fill(255);
      for (let y = 0; y < height; y++) {
        square.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), ((y + top) * side + left) * 3);
      }
      assert.deepEqual(
        resizePaddedSquare({ pixels, width, height, side, left, top }, size),
        resizePaddedSquare({ pixels: square, width: side, height: side, side, left: 0, top: 0 }, size),
      );
    }
  });
});
