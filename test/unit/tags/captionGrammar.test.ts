import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Caption } from '../../../src/dataset/captions/Caption';
import { captionEditor, type CaptionEdit } from '../../../src/dataset/edits/captionEdit';
import { parseQuery } from '../../../src/dataset/query/parseQuery';
import { tagTerm } from '../../../src/dataset/query/printQuery';
import { queryMatcher } from '../../../src/dataset/query/queryMatcher';
import {
  differingTags,
  hasPlainCommas,
  heldStretches,
  parseTagList,
  parseTags,
  separatorsIn,
} from '../../../src/tags/captionGrammar';
import {
  addTag,
  captionFacts,
  chipsOf,
  moveTag,
  removeTag,
  replaceTag,
  typedTags,
} from '../../../src/tags/captionTags';
import { isJsonCaption } from '../../../src/tags/jsonCaption';
import { countTags, mergeTags } from '../../../src/tags/tagCounts';
import { lineText, parseTagLine, tagsOf, withoutParts } from '../../../src/tags/tagLine';
import { defaultWriteOptions, type WriteOptions } from '../../../src/tags/writeMode';
import { captionWithTags } from '../../../src/tags/writeTags';
import { ownTime } from '../shared/ownTime';
import { honestCaptions } from './proseCaptions';

/** Captions of one line, and the pieces that they have. */
const cases: readonly (readonly [why: string, text: string, pieces: readonly string[]])[] = [
  // sd-scripts chooses in braces before it divides at commas; shared case 33 has the first two.
  ['braces', '{red hair, long hair|short hair}, 1girl', ['{red hair, long hair|short hair}', '1girl']],
  ['a weight', '(smile, zzz:1.2), blush', ['(smile, zzz:1.2)', 'blush']],
  ['nested braces', 'a, {b, {c, d|e}|f}, g', ['a', '{b, {c, d|e}|f}', 'g']],
  ['nested braces at the start', '{{a, b|c}, d|e}, f', ['{{a, b|c}, d|e}', 'f']],
  ['braces within words', 'a {red, dark|blue} dress, hat', ['a {red, dark|blue} dress', 'hat']],
  ['braces around all separators', '{a|||b, c;;;d}, e', ['{a|||b, c;;;d}', 'e']],
  ['doubled parentheses', '((a, b)), c', ['((a, b))', 'c']],
  ['square brackets', '[a, b], c', ['[a, b]', 'c']],
  ['brackets in each other', '[(a, b:1.2), {c, d|e}], f', ['[(a, b:1.2), {c, d|e}]', 'f']],
  ['a weight around a series', '(saber (fate), smile:1.2), a', ['(saber (fate), smile:1.2)', 'a']],
  ['a weight around a smiley', '(smile, :):1.2), a', ['(smile, :):1.2)', 'a']],
  ['a weight without a comma', '(cat:1.1), [dog]', ['(cat:1.1)', '[dog]']],
  // Trainers' separators.
  ['what is kept in front', 'trigger ||| {a, b|c}, z, y ;;; x', ['trigger', '{a, b|c}', 'z', 'y', 'x']],
  ['two separators', 'a ||| b, c ||| d', ['a', 'b', 'c', 'd']],
  ['a weight that |||, which sd-scripts reads first, divides', '(a ||| b, c)', ['(a', 'b', 'c)']],
  ['a weight around ;;;', '(sky;;;cloud:1.2), a', ['(sky;;;cloud:1.2)', 'a']],
  // Tags with brackets of their own.
  ['a series', 'saber (fate), saber_(fate)', ['saber (fate)', 'saber_(fate)']],
  ['an escaped series', 'ganyu \\(genshin impact\\), (cat:1.1)', ['ganyu \\(genshin impact\\)', '(cat:1.1)']],
  ['escaped parentheses', '\\(a, b\\), \\[c, d\\]', ['\\(a', 'b\\)', '\\[c', 'd\\]']],
  ['an escaped end', '(a, b\\), c', ['(a', 'b\\)', 'c']],
  ['smileys', ':), a, :(, b, ;), >:(, c, >:)', [':)', 'a', ':(', 'b', ';)', '>:(', 'c', '>:)']],
  ['sad, then glad', ':(, smile, :)', [':(', 'smile', ':)']],
  ['smileys with noses', ":-(, a, :'(, b, ;-)", [':-(', 'a', ":'(", 'b', ';-)']],
  ['a weight right behind a separator', 'x;;;(zoo, bar:1.2), apple', ['x', '(zoo, bar:1.2)', 'apple']],
  ['square brackets right behind a separator', 'x;;;[zoo, bar]', ['x', '[zoo, bar]']],
  ['a smiley right behind a separator', 'x;;;:(, b|||;), c', ['x', ':(', 'b', ';)', 'c']],
  ['square smileys', ':[, a, :]', [':[', 'a', ':]']],
  ['faces', '(o)_(o), a, ||_||, <|>_<|>, |_|', ['(o)_(o)', 'a', '||_||', '<|>_<|>', '|_|']],
  // Brackets without a partner.
  ['an open parenthesis', '(a, b, c', ['(a', 'b', 'c']],
  ['an open brace', '{a, b, c', ['{a', 'b', 'c']],
  ['a closed parenthesis', 'a, b), c', ['a', 'b)', 'c']],
  ['the wrong partner', '(a, b], c}', ['(a', 'b]', 'c}']],
  ['one too many', '((a, b), c', ['((a, b)', 'c']],
  ['an open brace before a pair', '{a, {b, c|d}, e', ['{a', '{b, c|d}', 'e']],
  ['an open brace in a weight', '(a, {b, c:1.2), d', ['(a, {b, c:1.2)', 'd']],
  ['an open bracket in a weight', '(a, [b, c:1.2), d], e', ['(a, [b, c:1.2)', 'd]', 'e']],
  ['turned round', ')a, b(, c', [')a', 'b(', 'c']],
  // A caption that is JSON has no tags (jsonCaption.test.ts); behind a tag it is one.
  ['JSON behind a tag', 'x, {"scene": "a, b", "elements": ["c, d"]}', ['x', '{"scene": "a, b", "elements": ["c, d"]}']],
];

const caption = (text: string): Caption => {
  const made = new Caption('a.txt', ['a.png']);
  made.readFromDisk({ raw: text });
  return made;
};
const matches = (query: string, text: string): boolean => {
  const context = { fact: () => undefined, isSelected: () => false, hasFailed: () => false, hasOrigin: () => false };
  return queryMatcher(parseQuery(query).tree, context)({ path: 'a.png', caption: caption(text) });
};
const edit = (text: string, how: CaptionEdit): string =>
  captionEditor(how, { separator: ', ', countOf: () => 1 })(text);
const write = (existing: string, tags: string[], options: Partial<WriteOptions>): string =>
  captionWithTags(existing, tags, { ...defaultWriteOptions, ...options });
const braces = '{red hair, long hair|short hair}';

describe('The grammar of captions', () => {
  for (const [why, text, pieces] of cases) {
    it(`gives everybody the same pieces of ${why}: ${text}`, () => {
      assert.deepEqual(parseTags(text), pieces, 'counts');
      assert.deepEqual(
        chipsOf(text).map(({ tag }) => tag),
        pieces,
        'chips',
      );
      assert.equal(captionFacts(text).tags, pieces.length, 'the foot of the card');
      assert.deepEqual(tagsOf(parseTagLine(text, ', ')), pieces, 'edits');
      assert.ok(matches(`tags:${pieces.length}`, text), 'search by number');
      for (const piece of pieces) assert.ok(matches(tagTerm(piece), text), `search for ${piece}`);
      assert.deepEqual(Object.fromEntries(countTags([text])), Object.fromEntries(pieces.map((piece) => [piece, 1])));
      for (const mode of ['append', 'prepend'] as const) {
        assert.equal(write(text, [...pieces], { mode }), text, 'a job finds all of them there');
      }
      const kept = write(text, ['new'], { keepFirst: 1 });
      assert.ok(kept.startsWith(`${pieces[0]!}, new`), `a job keeps the first: ${kept}`);
      assert.equal(kept.length, `${pieces[0]!}, new`.length);
    });
  }

  it('divides each line by itself', () => {
    assert.deepEqual(parseTags('(a, b\nc, d)\n{e, f}'), ['(a', 'b', 'c', 'd)', '{e, f}']);
  });

  it('knows the separator of the setting, which brackets hold too', () => {
    assert.deepEqual(tagsOf(parseTagLine('{a | b} | c, d', ' | ')), ['{a | b}', 'c', 'd']);
    assert.deepEqual(tagsOf(parseTagLine('a (b c:1.2) d', ' ')), ['a', '(b c:1.2)', 'd']);
    assert.deepEqual(tagsOf(parseTagLine('a;b;;;c', ';')), ['a', 'b', 'c']);
  });

  it('leaves the separators of trainers in what a user wrote to be put into captions', () => {
    assert.deepEqual(parseTagList('ohwx |||, {a, b|c}\r\nd;;;e, '), ['ohwx |||', '{a, b|c}', 'd;;;e']);
  });

  const pieces = fc.constantFrom(
    ...[
      'a',
      'b c',
      ' ',
      ',',
      ', ',
      '|||',
      ' ||| ',
      ';;;',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '|',
      ':',
      ';',
      '>',
      '\\',
      ':1.2',
    ],
    ...[':)', ':(', 'saber (fate)', '\\(', '\\)', '\n'],
  );
  const texts = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''));

  it('gives back the very characters of a line that was taken apart', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(', ', ',', ' | ', ';', ' ', ' and '), (text, separator) => {
        assert.equal(lineText(parseTagLine(text, separator)), text);
      }),
      { numRuns: 5000 },
    );
  });

  it('divides at no separator within a stretch that holds together, and at every comma outside', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const [line = ''] = text.split('\n');
        const held = heldStretches(line);
        for (const [index, { start, end }] of held.entries()) {
          assert.match(line.charAt(start) + line.charAt(end - 1), /^(?:\(\)|\[\]|\{\})$/);
          assert.ok(start >= (held[index - 1]?.end ?? 0), 'from left to right, none in another');
        }
        const isHeld = (at: number): boolean => held.some(({ start, end }) => start <= at && at < end);
        const divided = separatorsIn(line).map(({ start }) => start);
        const commas = Array.from(line, (_, at) => at).filter((at) => line.charAt(at) === ',');
        for (const at of divided) assert.ok(!isHeld(at));
        for (const at of commas) assert.equal(divided.includes(at), !isHeld(at), `${line} at ${at}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes the short way only where it leads to the same tags', () => {
    const atCommas = (text: string): string[] =>
      text
        .split(/[,\n]/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '');
    fc.assert(
      fc.property(texts, (text) => {
        if (isJsonCaption(text)) return;
        const whole = text.split('\n').flatMap((line) => tagsOf(parseTagLine(line)));
        assert.deepEqual(parseTags(text), whole);
        if (hasPlainCommas(text)) assert.deepEqual(atCommas(text), whole);
      }),
      { numRuns: 5000 },
    );
  });

  it('finds the same change in two captions, whether all their tags are counted or those that differ', () => {
    const tag = fc.constantFrom(
      '1girl',
      'hat',
      'long hair',
      'dr. stone',
      'a girl with a hat',
      'She',
      'smile.',
      '(a, b:1.2)',
    );
    const part = fc.oneof({ weight: 8, arbitrary: tag }, { weight: 1, arbitrary: fc.constantFrom(...honestCaptions) });
    const list = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(', '));
    const either = fc.oneof(list, texts);
    const related = fc
      .tuple(either, either, either, either)
      .map(([start, end, before, after]) => [start + before + end, start + after + end] as const);
    const change = (before: readonly string[], after: readonly string[]): [string, number][] => {
      const counts = new Map<string, number>();
      for (const one of before) counts.set(one, (counts.get(one) ?? 0) - 1);
      for (const one of after) counts.set(one, (counts.get(one) ?? 0) + 1);
      return [...counts].filter(([, count]) => count !== 0).sort();
    };
    fc.assert(
      fc.property(related, ([before, after]) => {
        assert.deepEqual(change(...differingTags(before, after)), change(parseTags(before), parseTags(after)));
      }),
      { numRuns: 5000 },
    );
  });

  it('takes twice the time for twice the text, whatever the brackets', () => {
    const many = 100_000;
    for (const text of [
      '('.repeat(many),
      '{'.repeat(many),
      '(a, '.repeat(many),
      `${'([, '.repeat(many)}${'])'.repeat(many)}`,
      `${'{(, '.repeat(many)}${')}'.repeat(many)}`,
      `${'['.repeat(many)}, ${')'.repeat(many)}`,
      ':), (a'.repeat(many),
      '(|||, '.repeat(many),
      '\\(('.repeat(many),
      'a;;;b,'.repeat(many / 2),
    ]) {
      const start = ownTime();
      parseTags(text);
      const line = parseTagLine(text, ', ');
      tagsOf(line);
      withoutParts(line, (_, index) => index % 2 === 1);
      // Looking back from each bracket over all others would take minutes.
      assert.ok(ownTime() - start < 3000, JSON.stringify(text.slice(0, 8)));
    }
  });
});

describe('What holds together is one tag', () => {
  it('when tags are sorted', () => {
    const sort: CaptionEdit = { kind: 'sortTags', by: 'alphabet', keepFirst: 0 };
    // Signs come before figures, and those before letters.
    assert.equal(edit(`1girl, ${braces}`, sort), `${braces}, 1girl`);
    assert.equal(edit(`${braces}, 1girl`, sort), `${braces}, 1girl`);
    assert.equal(edit('(smile, zzz:1.2), blush', sort), '(smile, zzz:1.2), blush');
    assert.equal(edit('zebra, (smile, zzz:1.2), blush', sort), '(smile, zzz:1.2), blush, zebra');
    assert.equal(edit('x;;;(zoo, bar:1.2), apple', sort), 'apple, x;;;(zoo, bar:1.2)');
    assert.equal(edit('trigger ||| {a, b|c}, z, y ;;; x', sort), 'trigger ||| {a, b|c}, y ;;; x, z');
  });

  it('when tags are removed, renamed, added, moved, made even or deduplicated', () => {
    const exact = (...patterns: string[]): CaptionEdit => ({ kind: 'removeTags', match: { kind: 'exact', patterns } });
    assert.equal(edit(`${braces}, 1girl`, exact('long hair')), `${braces}, 1girl`);
    assert.equal(edit(`${braces}, 1girl`, exact('red hair')), `${braces}, 1girl`);
    assert.equal(edit(`a, ${braces}, 1girl`, exact(braces)), 'a, 1girl');
    assert.equal(edit('(a, b:1.2), b', exact('b')), '(a, b:1.2)');
    const rename: CaptionEdit = {
      kind: 'replaceTags',
      match: { kind: 'wildcard', patterns: ['{red*}'] },
      replacement: '{blue*}, sky',
    };
    assert.equal(edit(`a, ${braces}`, rename), 'a, {blue hair, long hair|short hair}, sky');
    const add: CaptionEdit = { kind: 'addTags', tags: [braces, 'b'], position: 'first', keepFirst: 1 };
    assert.equal(edit('(x, y:1.1), b', add), `(x, y:1.1), ${braces}, b`);
    assert.equal(edit(`${braces}, b`, add), `${braces}, b`);
    assert.equal(edit('(x, y), b', { kind: 'moveTags', tags: ['b'], keepFirst: 0 }), 'b, (x, y)');
    assert.equal(edit('(x,y),b , (x,y)', { kind: 'deduplicate' }), '(x,y),b');
    assert.equal(edit('(x,y),b', { kind: 'separators' }), '(x,y), b');
  });

  it('when a job merges', () => {
    assert.equal(write('(smile, hat:1.2)', ['hat', 'smile'], { mode: 'append' }), '(smile, hat:1.2), hat, smile');
    assert.equal(write(`${braces}, old`, ['new'], { keepFirst: 1 }), `${braces}, new`);
    assert.equal(write(`${braces}, old`, ['new'], { keepFirst: 1, mode: 'prepend' }), `${braces}, new, old`);
  });

  it('when two captions become one, and the separators of trainers stay', () => {
    assert.equal(mergeTags(`${braces}, a`, `a, ${braces}, (b, c)`), `${braces}, a, (b, c)`);
    assert.equal(mergeTags('trigger ||| a,b', 'trigger ||| a, c'), 'trigger ||| a, b, c');
    assert.equal(mergeTags('a', 'b;;;c, a'), 'a, b;;;c');
    assert.equal(mergeTags('', 'trigger ||| a'), 'trigger ||| a');
    assert.equal(mergeTags('trigger ||| a', 'other ||| b'), 'trigger ||| a, other, b');
  });

  it('when chips are removed, added, changed and moved', () => {
    assert.equal(removeTag(`${braces}, 1girl`, 0), '1girl');
    assert.equal(removeTag('(a, b:1.2) , c', 1), '(a, b:1.2) ');
    assert.equal(moveTag(`${braces}, (a, b:1.2), c`, 2, 0), `c, ${braces}, (a, b:1.2)`);
    assert.equal(replaceTag(`a, ${braces}`, 1, 'b'), 'a, b');
    assert.equal(addTag('{a,b}', 'c'), '{a,b}, c');
  });

  it('when chips stand beside the separators of trainers, which stay', () => {
    assert.equal(removeTag('trigger ||| a, b', 1), 'trigger ||| b');
    assert.equal(removeTag('trigger ||| a', 0), '||| a');
    assert.equal(moveTag('trigger ||| a, b', 0, 2), 'a ||| b, trigger');
    assert.equal(addTag('trigger ||| a', 'b'), 'trigger ||| a, b');
    assert.equal(addTag('trigger |||', 'b'), 'trigger ||| b');
    assert.equal(addTag('trigger ||| ', 'b'), 'trigger ||| b');
  });

  it('while it is typed as a chip', () => {
    assert.deepEqual(typedTags('a, b'), { finished: 'a', rest: 'b' });
    assert.deepEqual(typedTags('ab'), { finished: undefined, rest: 'ab' });
    assert.deepEqual(typedTags('a, {b,c|d'), { finished: 'a', rest: '{b,c|d' });
    assert.deepEqual(typedTags('{b,c|d}'), { finished: undefined, rest: '{b,c|d}' });
    assert.deepEqual(typedTags('{b,c|d},'), { finished: '{b,c|d}', rest: '' });
    assert.deepEqual(typedTags(':(, '), { finished: ':(', rest: '' });
  });

  it('is searched for in a long line in time that grows with its length', () => {
    const start = ownTime();
    assert.ok(!matches('tag:a', 'abc, '.repeat(100_000)));
    assert.ok(matches('tag:b', `${'abc\n'.repeat(100_000)}b`));
    assert.ok(ownTime() - start < 3000);
  });

  it('when it is searched for, and a part of it is not found as a tag', () => {
    const text = `${braces}, 1girl, (smile, hat:1.2)`;
    assert.ok(matches('tag:"{red hair, long hair|short hair}"', text));
    assert.ok(matches('tag:{red*}', text));
    assert.ok(!matches('tag:hat*', text));
    assert.ok(!matches('tag:"a, b"', 'a, b'));
    assert.ok(matches('tag:b', 'xb, b') && matches('tag:b', 'xb\nb') && !matches('tag:b', 'xb\nbx, ab'));
    assert.ok(matches('tags:<4', text) && !matches('tags:<3', text));
  });
});
