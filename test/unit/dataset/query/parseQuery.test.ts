import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseQuery, topLevelParts } from '../../../../src/dataset/query/parseQuery';
import { printQuery } from '../../../../src/dataset/query/printQuery';
import {
  imageStates,
  type NumberField,
  type Operator,
  type QueryError,
  type QueryNode,
} from '../../../../src/dataset/query/QueryNode';

/** A tree without the places in the text. */
function shape(node: QueryNode): unknown {
  const bare = { ...node, start: 0, end: 0 };
  if (bare.kind === 'not') return { ...bare, part: shape(bare.part) };
  if (bare.kind === 'and' || bare.kind === 'or') return { ...bare, parts: bare.parts.map(shape) };
  return bare;
}

/** The tree in a short form that is written by hand in the tests. */
function outline(node: QueryNode | null): string {
  if (node === null) return 'all';
  switch (node.kind) {
    case 'not':
      return `!${outline(node.part)}`;
    case 'and':
    case 'or':
      return `${node.kind}(${node.parts.map(outline).join(' ')})`;
    case 'state':
      return `is=${node.state}`;
    case 'number':
      return `${node.field}${node.operator}${node.value}`;
    case 'origin':
    case 'text':
      return `${node.field}=${node.pattern}`;
  }
}

function read(text: string): string {
  const parsed = parseQuery(text);
  assert.equal(parsed.error, undefined, `${text}: ${parsed.error?.message ?? ''}`);
  return outline(parsed.tree);
}

function errorOf(text: string): QueryError {
  const { error } = parseQuery(text);
  assert.ok(error, `${text} has no error`);
  return error;
}

/** The part of a query that its error points at. */
function wrongPart(text: string): string {
  const { start, end } = errorOf(text);
  return text.slice(start, end);
}

describe('A query', () => {
  it('without terms means all images', () => {
    assert.equal(read(''), 'all');
    assert.equal(read('   '), 'all');
  });

  it('is words in small letters that all have to occur', () => {
    assert.equal(read('Cat'), 'any=cat');
    assert.equal(read(' cat  dog '), 'and(any=cat any=dog)');
    assert.equal(read('cat AND dog'), 'and(any=cat any=dog)');
  });

  it('binds NOT before AND before OR', () => {
    assert.equal(read('a OR b c'), 'or(any=a and(any=b any=c))');
    assert.equal(read('NOT a b'), 'and(!any=a any=b)');
    assert.equal(read('-a OR b'), 'or(!any=a any=b)');
    assert.equal(read('(a OR b) AND NOT (c d)'), 'and(or(any=a any=b) !and(any=c any=d))');
    assert.equal(read('NOT(a OR b)'), '!or(any=a any=b)');
    assert.equal(read('-(a OR b)'), '!or(any=a any=b)');
  });

  it('takes small letters, parts of words and a single minus sign for what they are', () => {
    assert.equal(read('cat and dog'), 'and(any=cat any=and any=dog)');
    assert.equal(read('ANDROID NOTE ORB'), 'and(any=android any=note any=orb)');
    assert.equal(read('a - b x-ray'), 'and(any=a any=- any=b any=x-ray)');
  });

  it('knows fields, in any case', () => {
    assert.equal(
      read('tag:cat caption:sitting name:img_1 path:10_cat'),
      'and(tag=cat caption=sitting name=img_1 path=10_cat)',
    );
    assert.equal(read('Tag:Cat'), 'tag=cat');
    assert.equal(read('tag:"long hair"'), 'tag=long hair');
  });

  it('takes an unknown field for a plain word', () => {
    assert.equal(read('foo:bar'), 'any=foo:bar');
    assert.equal(read('artist:someone'), 'any=artist:someone');
    assert.equal(read('"tag:cat"'), 'any=tag:cat');
    assert.equal(read('a:b'), 'any=a:b');
  });

  it('finds tags with odd letters', () => {
    assert.equal(read(':d'), 'any=:d');
    assert.equal(read('^_^'), 'any=^_^');
    assert.equal(read(':)'), 'any=:)');
    assert.equal(read('tag:(o)_(o)'), 'tag=(o)_(o)');
    assert.equal(read('"(o)_(o)"'), 'any=(o)_(o)');
    assert.equal(read('ganyu_(genshin_impact)'), 'any=ganyu_(genshin_impact)');
    assert.equal(read('(tag:ganyu_(genshin) OR cat)'), 'or(tag=ganyu_(genshin) any=cat)');
    assert.equal(read('tag:">:)"'), 'tag=>:)');
    assert.equal(read('tag:-w-'), 'tag=-w-');
    assert.equal(read('5"'), 'any=5"');
  });

  it('takes the meaning from a character after a backslash', () => {
    assert.equal(read('\\-a'), 'any=-a');
    assert.equal(read('tag\\:cat'), 'any=tag:cat');
    assert.equal(read('long\\ hair'), 'any=long hair');
    assert.equal(read('"say \\"hi\\""'), 'any=say "hi"');
    assert.equal(read('\\(a'), 'any=(a');
    assert.equal(read('a\\*'), 'any=a\\*');
    assert.equal(read('C:\\images'), 'any=c:\\\\images');
  });

  it('compares numbers', () => {
    assert.equal(
      read('tags:<5 chars:>200 width:>=1024 height:<=512 tags:!=3 tags:=4 tags:0'),
      'and(tags<5 chars>200 width>=1024 height<=512 tags!=3 tags=4 tags=0)',
    );
    assert.equal(read('ratio:>1.5'), 'ratio>1.5');
    assert.equal(read('ratio:3/2'), 'ratio=1.5');
    assert.equal(read('ratio:16:9'), `ratio=${16 / 9}`);
    assert.equal(read('size:>2MB'), 'size>2097152');
    assert.equal(read('size:<=1.5kb'), 'size<=1536');
    assert.equal(read('size:100'), 'size=100');
  });

  it('knows states', () => {
    for (const state of imageStates) assert.equal(read(`is:${state}`), `is=${state}`);
    assert.equal(read('-is:Empty'), '!is=empty');
  });

  it('reads what TagGUI users are used to', () => {
    assert.equal(read('tag:cat AND NOT tag:dog'), 'and(tag=cat !tag=dog)');
    assert.equal(read('tags:=0'), 'tags=0');
    assert.equal(read('(tag:"orange cat" OR name:*.png) AND chars:>75'), 'and(or(tag=orange cat name=*.png) chars>75)');
  });
});

describe('A query with a mistake', () => {
  it('says what is wrong and where', () => {
    assert.equal(wrongPart('cat tags:many'), 'tags:many');
    assert.match(errorOf('tags:many').message, /tags:<5/);
    assert.equal(wrongPart('is:happy cat'), 'is:happy');
    assert.match(errorOf('is:happy').message, /empty.*duplicate.*selected/);
    assert.equal(wrongPart('cat OR'), 'OR');
    assert.equal(wrongPart('OR cat'), 'OR');
    assert.equal(wrongPart('cat AND OR dog'), 'OR');
    assert.equal(wrongPart('cat (dog OR bird'), '(');
    assert.equal(wrongPart('cat ()'), '()');
    assert.equal(wrongPart('(cat NOT)'), 'NOT');
    assert.equal(wrongPart('tag:"long hair'), '"long hair');
    assert.equal(wrongPart('cat tag:'), 'tag:');
    assert.equal(wrongPart('""'), '""');
    assert.equal(wrongPart('tokens:>75'), 'tokens:>75');
    assert.equal(wrongPart('ratio:1:0'), 'ratio:1:0');
    assert.equal(wrongPart('width:1.5'), 'width:1.5');
  });

  it('that typing on may put right is told from others', () => {
    for (const text of [
      'tag:',
      'tags:<',
      'tag:"long',
      '(a OR',
      'a AND',
      '-(',
      'NOT',
      'is:em',
      'is:',
      'ratio:16:',
      'size:>1.',
    ]) {
      assert.ok(errorOf(text).incomplete, text);
    }
    for (const text of ['tag: cat', 'tags:x', 'OR a', 'is:happy', 'a OR AND b', '()']) {
      assert.ok(!errorOf(text).incomplete, text);
    }
  });

  it('is not an endless nesting', () => {
    assert.match(errorOf('('.repeat(100_000)).message, /deep/);
    assert.match(errorOf(`${'-'.repeat(100_000)}a`).message, /deep/);
  });

  it('never throws, and points into the text', () => {
    const pieces = fc.constantFrom(
      ...['(', ')', '"', '\\', '-', ' ', 'AND', 'OR', 'NOT', 'tag:', 'tags:', 'is:', 'ratio:', 'size:', '<', '*', '?'],
      ...['cat', 'empty', '5', ':', '_', ',', '16:9', 'é', '😀', '\n'],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { tree, error } = parseQuery(text);
        if (error !== undefined) {
          assert.ok(0 <= error.start && error.start < error.end && error.end <= text.length, JSON.stringify(error));
        }
        for (const { start, end } of topLevelParts(tree)) assert.ok(0 <= start && start < end && end <= text.length);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('A query that is printed', () => {
  const char = fc.oneof(
    fc.constantFrom('a', 'b', ' ', '(', ')', '"', '-', ':', '_', ',', '\\*', '\\?', '\\\\', '*', '?', '\n'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((own) => own !== '\\'),
  );
  const pattern = fc
    .oneof(
      fc.array(char, { minLength: 1 }).map((chars) => chars.join('')),
      fc.constantFrom('and', 'or', 'not', 'tag:cat', 'is:empty', 'tags:5', '-', '--', ':)', 'foo:bar', 'tokens:'),
    )
    .map((text) => text.toLowerCase())
    .filter((text) => text.trim() !== '');
  const place = { start: fc.constant(0), end: fc.constant(0) };
  const operator = fc.constantFrom<Operator>('=', '!=', '<', '<=', '>', '>=');
  const number = (fields: NumberField[], text: fc.Arbitrary<string>): fc.Arbitrary<QueryNode> =>
    fc.tuple(fc.constantFrom(...fields), operator, text).map(([field, op, written]) => {
      const { tree } = parseQuery(`${field}:${op}${written}`);
      assert.ok(tree);
      return tree;
    });
  const leaf: fc.Arbitrary<QueryNode> = fc.oneof(
    fc.record({
      kind: fc.constant('text' as const),
      field: fc.constantFrom('any' as const, 'tag' as const, 'caption' as const, 'name' as const, 'path' as const),
      pattern,
      ...place,
    }),
    fc.record({ kind: fc.constant('state' as const), state: fc.constantFrom(...imageStates), ...place }),
    number(['tags', 'chars', 'width', 'height'], fc.nat().map(String)),
    number(['ratio'], fc.constantFrom('16:9', '3/2', '1.5', '1')),
    number(['size'], fc.constantFrom('2MB', '1.25g', '300', '4kB')),
  );
  const { tree } = fc.letrec<{ tree: QueryNode }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.record({ kind: fc.constant('not' as const), part: tie('tree'), ...place }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
        ...place,
      }),
    ),
  }));

  it('reads as the same query again', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const printed = printQuery(node);
        const again = parseQuery(printed);
        assert.equal(again.error, undefined, printed);
        assert.ok(again.tree);
        assert.deepEqual(shape(again.tree), shape(node), printed);
      }),
      { numRuns: 2000 },
    );
  });
});
