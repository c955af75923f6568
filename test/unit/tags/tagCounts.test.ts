import assert from 'node:assert/strict';
import { countTags, mergeTags } from '../../../src/tags/tagCounts';

describe('Tag counts', () => {
  it('are the most frequent first, equal ones in alphabetical order', () => {
    const counts = countTags(['solo, cat', 'cat', 'dog, cat, solo', 'bird', '']);
    assert.deepEqual(
      [...counts],
      [
        ['cat', 3],
        ['solo', 2],
        ['bird', 1],
        ['dog', 1],
      ],
    );
  });

  it('know tags that look like numbers or like parts of an object', () => {
    const counts = countTags(['1990, __proto__, constructor', '1990']);
    assert.deepEqual(
      [...counts],
      [
        ['1990', 2],
        ['__proto__', 1],
        ['constructor', 1],
      ],
    );
  });

  it('tell upper from lower case, as the trainers do', () => {
    assert.deepEqual(Object.fromEntries(countTags(['Cat', 'cat'])), { Cat: 1, cat: 1 });
  });
});

describe('Merging two captions', () => {
  it('keeps all of the first in its order and adds what only the second has', () => {
    assert.equal(mergeTags('b, a', 'a, c, d'), 'b, a, c, d');
    assert.equal(mergeTags('', 'a'), 'a');
    assert.equal(mergeTags('a', ''), 'a');
  });

  it('keeps the lines below the tags, those that both have once', () => {
    assert.equal(mergeTags('b, a\nA photo, of a cat.', 'a, c\nA photo, of a cat.'), 'b, a, c\nA photo, of a cat.');
    assert.equal(mergeTags('a\nMine.', 'b\nTheirs.'), 'a, b\nMine.\nTheirs.');
  });
});
