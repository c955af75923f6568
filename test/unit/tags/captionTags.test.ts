import assert from 'node:assert/strict';
import {
  addTag,
  captionFacts,
  chipsOf,
  moveTag,
  otherLines,
  removeTag,
  replaceTag,
} from '../../../src/tags/captionTags';

const tags = (text: string): string[] => chipsOf(text).map(({ tag }) => tag);

/** Whether one text is the other with one stretch of characters more. */
function isLongerByOneStretch(long: string, short: string): boolean {
  let start = 0;
  while (start < short.length && long[start] === short[start]) start++;
  return long.endsWith(short.slice(start)) && long.length >= short.length;
}

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

describe('tag chips', () => {
  it('are the tags of the first line, in order, with those that come again marked', () => {
    assert.deepEqual(chipsOf('Blue Eyes, sky , blue_eyes,, miku \\(x\\), miku (x)\nsky'), [
      { tag: 'Blue Eyes', isDuplicate: false },
      { tag: 'sky', isDuplicate: false },
      { tag: 'blue_eyes', isDuplicate: true },
      { tag: 'miku \\(x\\)', isDuplicate: false },
      { tag: 'miku (x)', isDuplicate: true },
    ]);
    assert.equal(otherLines('a\nb\nc'), 'b\nc');
    assert.equal(otherLines('a'), '');
    assert.deepEqual(chipsOf(' , '), []);
  });

  it('go with their comma and leave everything else', () => {
    assert.equal(removeTag('a, b, c', 0), 'b, c');
    assert.equal(removeTag('a, b, c', 1), 'a, c');
    assert.equal(removeTag('a, b, c', 2), 'a, b');
    assert.equal(removeTag('a,  b ,c, ', 1), 'a,c, ');
    assert.equal(removeTag('a,,b', 1), 'a,');
    assert.equal(removeTag('a', 0), '');
    assert.equal(removeTag('a\nb, c', 0), '\nb, c');
    assert.equal(removeTag('a, b', 7), 'a, b');
    assert.equal(removeTag('sky, (x:1.1), {a|b}, sky', 3), 'sky, (x:1.1), {a|b}');
  });

  it('come to the end, in the way that the others are separated', () => {
    assert.equal(addTag('', 'a'), 'a');
    assert.equal(addTag('a', 'b'), 'a, b');
    assert.equal(addTag('a,b', ' c '), 'a,b,c');
    assert.equal(addTag('a, b, ', 'c'), 'a, b, c, ');
    assert.equal(addTag('a, b,', 'c'), 'a, b, c,');
    assert.equal(addTag('a \nsecond line', 'b'), 'a, b \nsecond line');
    assert.equal(addTag('a', 'b, c'), 'a, b, c');
    assert.equal(addTag('a', '  '), 'a');
    assert.equal(addTag('\nsecond', 'a'), 'a\nsecond');
  });

  it('are changed in place', () => {
    assert.equal(replaceTag('a,  b , c', 1, ' x '), 'a,  x , c');
    assert.equal(replaceTag('a, b, c', 1, 'x, y'), 'a, x, y, c');
    assert.equal(replaceTag('a, b, c', 1, ' '), 'a, c');
  });

  it('are moved while commas and blanks stay', () => {
    assert.equal(moveTag('a,  b,c , d\ne', 3, 0), 'd,  a,b , c\ne');
    assert.equal(moveTag('a,,b, c', 0, 2), 'b,,c, a');
    assert.equal(moveTag('a, b', 0, 1), 'b, a');
    for (const [from, to] of [
      [0, 5],
      [5, 0],
      [0, -1],
    ] as const) {
      assert.equal(moveTag('a, b', from, to), 'a, b');
    }
  });

  it('leave every character of the others alone, whatever the caption looks like', () => {
    const random = numbers(7);
    const pieces = ['a', 'b b', ',', ',', ', ', ' ,', '  ', '(x:1.1)', '{p|q}', '\\(', '\n', 'ü', ',,'];
    for (let turn = 0; turn < 3000; turn++) {
      const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
      const before = tags(text);
      const added = addTag(text, 'new');
      assert.deepEqual(tags(added), [...before, 'new'], JSON.stringify(text));
      assert.ok(isLongerByOneStretch(added, text), `adding to ${JSON.stringify(text)}: ${JSON.stringify(added)}`);
      if (before.length === 0) continue;
      const at = random(before.length);
      const to = random(before.length);
      const removed = removeTag(text, at);
      assert.deepEqual(tags(removed), before.toSpliced(at, 1), JSON.stringify(text));
      assert.ok(
        isLongerByOneStretch(text, removed),
        `removing from ${JSON.stringify(text)}: ${JSON.stringify(removed)}`,
      );
      const moved = moveTag(text, at, to);
      assert.deepEqual(tags(moved), before.toSpliced(at, 1).toSpliced(to, 0, before[at]!), JSON.stringify(text));
      assert.equal(moveTag(moved, to, at), text, 'back again');
      assert.equal(replaceTag(replaceTag(text, at, 'new'), at, before[at]!), text, 'changed and changed back');
      for (const other of [added, removed, moved]) assert.equal(otherLines(other), otherLines(text));
    }
  });
});

describe('what is said below a caption', () => {
  it('are its characters, its tags, and what is there twice in a line', () => {
    assert.deepEqual(captionFacts('sky, 猫, 😀\nsky, Sky, sky'), {
      characters: 23,
      tags: 6,
      duplicates: ['Sky', 'sky'],
    });
    assert.deepEqual(captionFacts(''), { characters: 0, tags: 0, duplicates: [] });
  });
});
