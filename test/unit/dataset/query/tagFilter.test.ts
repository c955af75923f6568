import assert from 'node:assert/strict';
import { Caption } from '../../../../src/dataset/captions/Caption';
import { describeQuery } from '../../../../src/dataset/query/describeQuery';
import { parseQuery, topLevelParts } from '../../../../src/dataset/query/parseQuery';
import { filteredTags, tagFilter, toggleTag } from '../../../../src/dataset/query/tagFilter';
import { countTagsOf, firstTags } from '../../../../src/dataset/tagIndex/TagList';

describe('A tag that is clicked', () => {
  it('is added to the search, and taken out by another click', () => {
    assert.equal(toggleTag('', 'long_hair', false), 'tag:"long hair"');
    assert.equal(toggleTag('tag:"long hair"', 'long hair', false), '');
    assert.equal(toggleTag('cat tags:<5', 'dog', false), 'cat tags:<5 tag:dog');
    assert.equal(toggleTag('cat tag:dog tags:<5', 'dog', false), 'cat tags:<5');
  });

  it('is excluded, or asked for instead', () => {
    assert.equal(toggleTag('cat', 'dog', true), 'cat -tag:dog');
    assert.equal(toggleTag('cat -tag:dog', 'dog', true), 'cat');
    assert.equal(toggleTag('cat -tag:dog', 'dog', false), 'cat tag:dog');
    assert.equal(toggleTag('tag:dog', 'dog', true), '-tag:dog');
  });

  it('narrows a search with OR down', () => {
    assert.equal(toggleTag('cat OR bird', 'dog', false), '(cat OR bird) tag:dog');
    assert.equal(toggleTag('(cat OR bird) tag:dog', 'dog', false), 'cat OR bird');
  });

  it('replaces a search with a mistake', () => {
    assert.equal(toggleTag('cat tags:', 'dog', false), 'tag:dog');
  });

  it('is marked where the search has it', () => {
    const { tree } = parseQuery('cat tag:"long hair" -tag:dog (tag:bird OR sky)');
    assert.equal(tagFilter(tree, 'long_hair'), 'included');
    assert.equal(tagFilter(tree, 'dog'), 'excluded');
    assert.equal(tagFilter(tree, 'bird'), undefined);
    assert.equal(tagFilter(tree, 'cat'), undefined);
  });

  it('is known to whoever lists the tags of a search', () => {
    const { tree } = parseQuery('cat tag:long_hair -tag:dog tag:*_sky (tag:bird OR sky) tag:a\\*b');
    assert.deepEqual(filteredTags(tree), ['long_hair', 'dog', 'a*b']);
  });

  it('with odd letters finds itself', () => {
    for (const tag of [':d', '(o)_(o)', '^_^', 'a:b', '-w-', '"', 'tag:x', 'a*b', 'what?', 'back\\slash', '\\(^o^)/']) {
      const query = toggleTag('', tag, false);
      assert.equal(tagFilter(parseQuery(query).tree, tag), 'included', query);
    }
  });
});

describe('A term as people read it', () => {
  const read = (query: string): string[] => topLevelParts(parseQuery(query).tree).map(describeQuery);

  it('has no quotes, prefixes or escapes that mean nothing to them', () => {
    assert.deepEqual(read('cat -tag:"long hair" width:>=1024 is:empty tags:!=3 name:\\*.png'), [
      '“cat”',
      'not tag: long hair',
      'width ≥ 1024',
      'empty',
      'tags ≠ 3',
      'name: *.png',
    ]);
    assert.deepEqual(read('a OR b'), ['a OR b']);
  });
});

describe('A list of tags', () => {
  const counts = new Map([
    ['cat', 3],
    ['bird', 5],
    ['ant', 3],
    ['dog', 1],
  ]);

  it('has the most frequent first, equal ones by name', async () => {
    const list = await firstTags(counts, 'count', 3);
    assert.deepEqual(
      list.map(({ tag }) => tag),
      ['bird', 'ant', 'cat'],
    );
  });

  it('can be by name', async () => {
    const list = await firstTags(counts, 'name', 10);
    assert.deepEqual(
      list.map(({ tag }) => tag),
      ['ant', 'bird', 'cat', 'dog'],
    );
  });

  it('is right for many tags', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => [`tag ${index}`, (index * 7919) % 20_000] as const);
    const list = await firstTags(many, 'count', 500);
    assert.deepEqual(
      list.map(({ count }) => count),
      Array.from({ length: 500 }, (_, index) => 19_999 - index),
    );
  });

  it('counts a tag once for each time it is in a caption', async () => {
    const image = (path: string, text: string): { path: string; caption: Caption } => {
      const caption = new Caption(`${path}.txt`, [path]);
      caption.readFromDisk({ raw: text });
      return { path, caption };
    };
    const own = await countTagsOf([image('a.png', 'cat, dog'), image('b.png', 'cat')]);
    assert.deepEqual(Object.fromEntries(own), { cat: 2, dog: 1 });
  });
});
