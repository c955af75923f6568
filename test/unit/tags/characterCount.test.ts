import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Caption } from '../../../src/dataset/captions/Caption';
import { parseQuery } from '../../../src/dataset/query/parseQuery';
import { queryMatcher } from '../../../src/dataset/query/queryMatcher';
import { captionFacts } from '../../../src/tags/captionTags';
import { characterCount } from '../../../src/tags/characterCount';

describe('The number of characters', () => {
  it('counts a pair of code units once, and each half of one that stands alone once', () => {
    assert.equal(characterCount(''), 0);
    assert.equal(characterCount('a😀é'), 3);
    assert.equal(characterCount('\ud83d'), 1);
    assert.equal(characterCount('\ud83da'), 2, 'a first half before a letter');
    assert.equal(characterCount('\ude00\ud83d'), 2, 'the halves turned round');
    assert.equal(characterCount('\ud83d\ud83d\ude00'), 2, 'a half before a pair');
  });

  it('is that of the code points', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\ud83d', '\ude00', '😀', '\ud800', '\udfff')), (parts) => {
        const text = parts.join('');
        assert.equal(characterCount(text), Array.from(text).length);
      }),
    );
  });

  it('is the same in a search and on the card', () => {
    for (const text of ['a\ud83db', '😀\ude00', '\ud83d\ud83d', 'ab']) {
      const caption = new Caption('a.txt', ['a.png']);
      caption.readFromDisk({ raw: text });
      const { tree } = parseQuery(`chars:${captionFacts(text).characters}`);
      const context = {
        fact: () => undefined,
        isSelected: () => false,
        hasFailed: () => false,
        hasOrigin: () => false,
      };
      assert.ok(queryMatcher(tree, context)({ path: 'a.png', caption }), JSON.stringify(text));
    }
  });
});
