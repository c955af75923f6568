import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Caption } from '../../../../src/dataset/captions/Caption';
import { parseTags } from '../../../../src/tags/captionGrammar';
import { comparableTag } from '../../../../src/tags/comparableTag';
import type { DatasetImage } from '../../../../src/dataset/captions/DatasetImage';
import { GlobPattern } from '../../../../src/tags/GlobPattern';
import type { ImageFact } from '../../../../src/dataset/ImageFacts';
import { parseQuery } from '../../../../src/dataset/query/parseQuery';
import { literalPattern, tagTerm } from '../../../../src/dataset/query/printQuery';
import { queryMatcher, queryNeeds, type QueryContext } from '../../../../src/dataset/query/queryMatcher';
import { ownTime } from '../../shared/ownTime';

function image(path: string, text: string): DatasetImage {
  const caption = new Caption(path.replace(/\.\w+$/, '.txt'), [path]);
  caption.readFromDisk(text === '' ? null : { raw: text });
  return { path, caption };
}

const facts = new Map<string, ImageFact>([
  ['10_cat/wide.png', { width: 1920, height: 1080, fileSize: 3 * 1024 ** 2, modified: 1 }],
  ['10_cat/tall.png', { width: 512, height: 768, fileSize: 900, modified: 2 }],
]);
const context: QueryContext = {
  fact: (path) => facts.get(path),
  isSelected: (path) => path === '10_cat/tall.png',
  hasFailed: ({ path }) => path === 'img_3.jpg',
  hasOrigin: ({ path }, { field, pattern }) => `${field}:${pattern}` === 'origin:wd*' && path.endsWith('wide.png'),
};
const images = [
  image('10_cat/wide.png', 'cat, long_hair, Blue Eyes, sky'),
  image('10_cat/tall.png', '1girl, ganyu \\(genshin impact\\), long hair, longer hair, :d'),
  image('img_3.jpg', 'A cat sits on a roof. Its fur is long.'),
  image('img_4.jpg', ''),
  image('img_5.jpg', 'cat, dog, Cat, (o)_(o)'),
];

/** The names of the images that a query finds. */
function found(query: string): string[] {
  const { tree, error } = parseQuery(query);
  assert.equal(error, undefined, `${query}: ${error?.message ?? ''}`);
  return images.filter(queryMatcher(tree, context)).map(({ path }) => path.replace(/^.*\/|\.\w+$/g, ''));
}

describe('A search', () => {
  it('finds words in captions and paths, in any case, parts of words too', () => {
    assert.deepEqual(found('CAT'), ['wide', 'tall', 'img_3', 'img_5']);
    assert.deepEqual(found('roof'), ['img_3']);
    assert.deepEqual(found('cat img'), ['img_3', 'img_5']);
    assert.deepEqual(found('blue eye'), ['wide']);
    assert.deepEqual(found(''), ['wide', 'tall', 'img_3', 'img_4', 'img_5']);
  });

  it('finds what the records say, and says before what has to be asked', () => {
    assert.deepEqual(found('origin:WD*'), ['wide']);
    assert.deepEqual(found('cat -origin:wd*'), ['tall', 'img_3', 'img_5']);
    const { tree } = parseQuery('origin:wd* OR (by:job -origin:wd*) deleted:"red hat"');
    assert.deepEqual(queryNeeds(tree).origins, [
      { field: 'origin', pattern: 'wd*' },
      { field: 'by', pattern: 'job' },
      { field: 'deleted', pattern: 'red hat' },
    ]);
    assert.ok(queryNeeds(tree).changing);
    assert.deepEqual(queryNeeds(parseQuery('cat').tree).origins, []);
    assert.match(parseQuery('origin: cat').error?.message ?? '', /origin: needs a text/);
    assert.deepEqual(found('"by:job"'), []);
  });

  it('finds whole tags, whatever stands for the blanks, in any case, with escaped parentheses', () => {
    assert.deepEqual(found('tag:cat'), ['wide', 'img_5']);
    assert.deepEqual(found('tag:hair'), []);
    assert.deepEqual(found('tag:long_hair'), ['wide', 'tall']);
    assert.deepEqual(found('tag:"long hair"'), ['wide', 'tall']);
    assert.deepEqual(found('tag:"BLUE EYES"'), ['wide']);
    assert.deepEqual(found('tag:"ganyu (genshin impact)"'), ['tall']);
    assert.deepEqual(found('tag:ganyu_\\(genshin_impact\\)'), ['tall']);
    assert.deepEqual(found('tag::d'), ['tall']);
    assert.deepEqual(found('tag:(o)_(o)'), ['img_5']);
  });

  it('takes wildcards', () => {
    assert.deepEqual(found('tag:*hair'), ['wide', 'tall']);
    assert.deepEqual(found('tag:long*hair'), ['wide', 'tall']);
    assert.deepEqual(found('tag:longer*'), ['tall']);
    assert.deepEqual(found('tag:?irl'), []);
    assert.deepEqual(found('tag:?girl'), ['tall']);
    assert.deepEqual(found('name:img_?.jpg'), ['img_3', 'img_4', 'img_5']);
    assert.deepEqual(found('caption:"sits*long"'), ['img_3']);
    assert.deepEqual(found('caption:\\*'), []);
  });

  it('tells captions, names and paths apart', () => {
    assert.deepEqual(found('caption:cat'), ['wide', 'img_3', 'img_5']);
    assert.deepEqual(found('path:cat'), ['wide', 'tall']);
    assert.deepEqual(found('name:cat'), []);
    assert.deepEqual(found('name:wide'), ['wide']);
  });

  it('counts tags and characters', () => {
    assert.deepEqual(found('tags:0'), ['img_3', 'img_4'], 'sentences are no tags');
    assert.deepEqual(found('tags:>4'), ['tall']);
    assert.deepEqual(found('tags:!=4'), ['tall', 'img_3', 'img_4']);
    assert.deepEqual(found('chars:>=38'), ['tall', 'img_3']);
    assert.deepEqual(found('chars:<30 -is:empty'), ['img_5']);
  });

  it('compares sizes of images and files that are known', () => {
    assert.deepEqual(found('width:>=1024'), ['wide']);
    assert.deepEqual(found('height:768'), ['tall']);
    assert.deepEqual(found('height:!=768'), ['wide']);
    assert.deepEqual(found('size:>2MB'), ['wide']);
    assert.deepEqual(found('size:3MB'), ['wide']);
    assert.deepEqual(found('size:<=1KB'), ['tall']);
  });

  it('compares aspect ratios within one percent', () => {
    assert.deepEqual(found('ratio:16:9'), ['wide']);
    assert.deepEqual(found('ratio:1.78'), ['wide']);
    assert.deepEqual(found('ratio:1.8'), []);
    assert.deepEqual(found('ratio:2/3'), ['tall']);
    assert.deepEqual(found('ratio:<1'), ['tall']);
    assert.deepEqual(found('ratio:>=16:9'), ['wide']);
    assert.deepEqual(found('ratio:>1.5'), ['wide']);
  });

  it('knows states', () => {
    const edited = image('edited.png', 'cat');
    edited.caption.setText('dog', 'delete');
    const conflict = image('conflict.png', 'cat');
    conflict.caption.setText('dog', 'delete');
    conflict.caption.readFromDisk({ raw: 'bird' });
    const all = [...images, edited, conflict];
    const names = (query: string): string[] =>
      all.filter(queryMatcher(parseQuery(query).tree, context)).map(({ path }) => path);
    assert.deepEqual(names('is:empty'), ['img_4.jpg']);
    assert.deepEqual(names('is:unsaved'), ['edited.png', 'conflict.png']);
    assert.deepEqual(names('is:conflict'), ['conflict.png']);
    assert.deepEqual(names('is:failed'), ['img_3.jpg']);
    assert.deepEqual(names('is:duplicate'), ['img_5.jpg']);
    assert.deepEqual(names('is:selected'), ['10_cat/tall.png']);
  });

  it('finds and counts tags of every line, and those that a line has twice', () => {
    const lines = image('lines.png', 'solo, long hair\nA photo, of (a) cat\nsolo, end');
    const matches = (query: string): boolean => queryMatcher(parseQuery(query).tree, context)(lines);
    for (const query of [
      'tag:"long hair"',
      'tag:"a photo"',
      'tag:"of \\(a\\) cat"',
      'tag:end',
      'tag:long*',
      'tags:6',
    ]) {
      assert.equal(matches(query), true, query);
    }
    assert.equal(matches('tag:hair'), false);
    assert.equal(matches('is:duplicate'), false, 'each line has it once');
  });

  it('combines terms', () => {
    assert.deepEqual(found('tag:cat -tag:dog'), ['wide']);
    assert.deepEqual(found('tag:dog OR roof'), ['img_3', 'img_5']);
    assert.deepEqual(found('(tag:dog OR roof) NOT name:img_3'), ['img_5']);
    assert.deepEqual(found('NOT (cat OR is:empty)'), []);
  });

  it('for a tag finds exactly the captions that have it, whatever letters it has', () => {
    const piece = fc.constantFrom('a', 'b', ' ', '_', ',', '(', ')', '\\', ':', '*', '?', '"', '-', 'É', '\n', 'İ');
    const caption = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(caption, caption, fc.nat(), (text, other, pick) => {
        const tags = parseTags(`${text},${other}`);
        const tag = tags[pick % Math.max(1, tags.length)];
        if (tag === undefined) return;
        const { tree } = parseQuery(tagTerm(tag));
        // A tag of underscores alone is blanks to compare with, and no query.
        if (tree === null) return;
        const expected = parseTags(text).some((own) => comparableTag(own) === comparableTag(tag));
        assert.equal(queryMatcher(tree, context)(image('x.png', text)), expected, JSON.stringify({ text, tag }));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('A pattern', () => {
  it('matches what the same regular expression does', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '😀', '*', '?', '\\*', '\\?', '\\\\'), { maxLength: 8 });
    const texts = fc
      .array(fc.constantFrom('a', 'b', '😀', '\n', '*', '?', '\\'), { maxLength: 10 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(letters, texts, (parts, text) => {
        const source = parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part)).join('');
        const glob = new GlobPattern(parts.join(''));
        assert.equal(glob.is(text), new RegExp(`^${source}$`, 'su').test(text));
        assert.equal(glob.isIn(text), new RegExp(source, 'su').test(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('of a text means that text only', () => {
    assert.ok(new GlobPattern(literalPattern('a*b?c\\')).is('a*b?c\\'));
    assert.ok(!new GlobPattern(literalPattern('a*b')).is('axb'));
  });

  it('takes an emoji for one character', () => {
    assert.ok(new GlobPattern('cat ?').is('cat 😺'));
    assert.ok(new GlobPattern('*?😺').is('a cat: 🐈😺'));
    assert.ok(!new GlobPattern('cat ??').is('cat 😺'));
  });

  it('takes an accent for part of its letter, however a file name, a caption or the search has it', () => {
    const apart = [
      image('cafe\u0301/か\u3099.png', 'cre\u0300me bru\u0302le\u0301e, sky'),
      image('café/が.png', 'crème brûlée'),
    ];
    for (const query of [
      'café',
      'CAFE\u0301',
      'name:が',
      'name:?.png',
      'tag:"crème brûlée"',
      'tag:cre\u0300me*',
      'caption:brûl',
    ]) {
      const { tree } = parseQuery(query);
      assert.equal(apart.filter(queryMatcher(tree, context)).length, 2, query);
    }
    assert.equal(comparableTag('e\u0301'), comparableTag('É'));
  });

  it('takes no longer for many wildcards', () => {
    const glob = new GlobPattern('a*a*a*a*a*a*a*a*a*b');
    const text = 'a'.repeat(50_000);
    const start = ownTime();
    assert.ok(!glob.isIn(text));
    assert.ok(ownTime() - start < 1000);
  });
});
