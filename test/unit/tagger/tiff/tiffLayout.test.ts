import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DecodingError } from '../../../../src/tagger/formats/DecodingError';
import { readTiffLayout } from '../../../../src/tagger/tiff/tiffLayout';

const pictures = path.resolve(__dirname, '../../../test/fixtures/pillow/pictures');
/** Types of numbers that are not whole (TIFF 6.0, section 2): rational, signed rational, float, double. */
const fractions = { rational: 5, 'signed rational': 10, float: 11, double: 12 };

/** A file with another type of the number in an entry of its directory, and another value, which stands at its end. */
function withType(name: string, tag: number, type: number, value: Buffer): Buffer {
  const file = readFileSync(path.join(pictures, name));
  const start = file.readUInt32LE(4);
  const entries = file.readUInt16LE(start);
  const index = Array.from({ length: entries }, (_, i) => file.readUInt16LE(start + 2 + i * 12)).indexOf(tag);
  const at = start + 2 + index * 12;
  file.writeUInt16LE(type, at + 2);
  file.writeUInt32LE(1, at + 4);
  if (value.length <= 4) value.copy(file, at + 8);
  else file.writeUInt32LE(file.length, at + 8);
  return Buffer.concat([file, value]);
}

function nearlyNothing(type: number): Buffer {
  const value = Buffer.alloc(type === fractions.float ? 4 : 8);
  if (type === fractions.float) value.writeFloatLE(1e-30);
  else if (type === fractions.double) value.writeDoubleLE(1e-300);
  else {
    value.writeUInt32LE(1, 0);
    value.writeUInt32LE(1_000_000_000, 4);
  }
  return value;
}

describe('The layout of a TIFF', () => {
  for (const [what, tag, name] of [
    ['rows of a strip', 278, 'tiff-strips.tif'],
    ['width of a tile', 322, 'tiff-tiles-of-32.tif'],
    ['length of a tile', 323, 'tiff-tiles-of-32.tif'],
    ['width', 256, 'tiff-strips.tif'],
    ['length', 257, 'tiff-strips.tif'],
  ] as const) {
    it(`is refused at once when the ${what} is a fraction: it would have billions of parts`, () => {
      for (const type of Object.values(fractions)) {
        const file = withType(name, tag, type, nearlyNothing(type));
        assert.throws(
          () => readTiffLayout(file),
          (error) => error instanceof DecodingError && error.fault === 'damaged',
          String(type),
        );
      }
    });
  }

  it('has strips of all rows when a file says that they have more, in whatever type of number', () => {
    const many = Buffer.alloc(8);
    many.writeDoubleLE(1e300);
    assert.equal(readTiffLayout(withType('tiff-strips.tif', 278, fractions.double, many)).pieceHeight, 23);
  });
});
