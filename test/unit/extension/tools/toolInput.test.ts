import assert from 'node:assert/strict';
import { list, optionalNumber, optionalText, readInput, requiredText } from '../../../../src/extension/tools/toolInput';

const schemas = {
  directory: optionalText,
  limit: optionalNumber({ least: 1, most: 200, otherwise: 50 }),
};

describe('The input of a tool', () => {
  const refused = (read: () => unknown, message: string): void => {
    assert.throws(read, { code: 'ARGUMENT_INVALID', message });
  };

  it('may leave out what has a default, also as null, and as an empty text', () => {
    for (const input of [{}, { directory: null, limit: null }, { directory: '', limit: undefined }]) {
      assert.deepEqual(readInput(schemas, input), { directory: undefined, limit: 50 });
    }
    assert.deepEqual(readInput(schemas, { directory: 'cats', limit: 200, more: true }), {
      directory: 'cats',
      limit: 200,
    });
  });

  it('has to be an object, which the message says', () => {
    for (const input of [undefined, null, 7, 'text', []]) {
      refused(() => readInput(schemas, input), '"input" has to be an object.');
    }
  });

  it('is refused with what to send instead, by the name of the property', () => {
    refused(() => readInput(schemas, { directory: 7 }), '"directory" has to be a text.');
    for (const limit of [0, 201, 1.5, NaN, '50', true, []]) {
      refused(() => readInput(schemas, { limit }), '"limit" has to be a whole number from 1 to 200.');
    }
    const image = { image: requiredText(3) };
    for (const input of [{}, { image: null }, { image: 7 }, { image: 'abcd' }]) {
      refused(() => readInput(image, input), '"image" has to be a text of at most 3 characters.');
    }
    assert.deepEqual(readInput(image, { image: 'abc' }), { image: 'abc' });
    const images = { images: list(2) };
    for (const input of [{}, { images: [] }, { images: 'ab' }, { images: [1, 2, 3] }]) {
      refused(
        () => readInput(images, input),
        '"images" has to be a list of 1 to 2 elements; send more in another call.',
      );
    }
    assert.deepEqual(readInput(images, { images: ['a', 7] }), { images: ['a', 7] });
  });
});
