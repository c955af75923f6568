import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GlobPattern, tagGlob } from '../../../src/tags/GlobPattern';
import { tagMatcher } from '../../../src/tags/tagMatcher';
import { ownTime } from '../shared/ownTime';

const captured = (glob: GlobPattern, text: string): string[] | undefined =>
  glob.captures(text)?.map(({ start, end }) => text.slice(start, end));

describe('What a wildcard stands for', () => {
  it('is what the same regular expression captures', () => {
    const parts = fc.array(fc.constantFrom('a', 'b', '😀', '*', '?'), { maxLength: 8 });
    const texts = fc.array(fc.constantFrom('a', 'b', '😀', '\n'), { maxLength: 10 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(parts, texts, (pattern, text) => {
        const source = pattern.join('').replace(/\*+/g, '(.*)').replaceAll('?', '.');
        const found = new RegExp(`^${source}$`, 'su').exec(text);
        assert.deepEqual(captured(new GlobPattern(pattern.join('')), text), found?.slice(1), pattern.join(''));
      }),
      { numRuns: 5000 },
    );
  });

  it('is found in a long text without trying all ways', () => {
    const start = ownTime();
    const text = 'a'.repeat(20_000);
    assert.equal(captured(new GlobPattern('*a*a*a*a*a*a*b'), text), undefined);
    assert.deepEqual(captured(new GlobPattern('*a*a*'), text), ['a'.repeat(19_998), '', '']);
    assert.ok(ownTime() - start < 1000);
  });

  it('in a tag leaves a backslash alone that is before no wildcard', () => {
    assert.ok(tagGlob('\\o/*').is('\\o/ x'));
    assert.ok(tagGlob('a\\*').is('a*'));
    assert.ok(!tagGlob('a\\*').is('ab'));
  });
});

describe('A list of tags and patterns', () => {
  const isListed = tagMatcher(['Long_Hair', '*eyes', '?girl', '!?', 'what\\?', 'saber \\(fate\\)', '\\o/', '(*']);
  it('has the tags that it names and those that its patterns describe as a whole', () => {
    for (const tag of ['long hair', 'blue eyes', 'Blue_Eyes', '1girl', '!?', 'what?', 'saber (fate)', '\\o/', '(x)']) {
      assert.ok(isListed(tag), tag);
    }
    for (const tag of ['hair', 'eyes closed', '12girl', '!x', 'whats', 'saber', 'o/', 'x)']) {
      assert.ok(!isListed(tag), tag);
    }
    assert.ok(!tagMatcher([])(''));
  });
});
