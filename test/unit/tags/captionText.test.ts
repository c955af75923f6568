import assert from 'node:assert/strict';
import { parseTags } from '../../../src/tags/captionGrammar';
import { isEmptyCaption, normalizeLineEnds, rawWithText, textOfRaw } from '../../../src/tags/captionText';
import { seededRandom } from '../shared/testFolder';

describe('Tags of a caption', () => {
  it('are separated by commas and trimmed; order and duplicates stay', () => {
    assert.deepEqual(parseTags(' 1girl ,solo,,  long hair,\tsolo , '), ['1girl', 'solo', 'long hair', 'solo']);
  });

  it('end with their line too', () => {
    assert.deepEqual(parseTags('solo, cat\nA photo, of a cat\n\nend,'), ['solo', 'cat', 'A photo', 'of a cat', 'end']);
  });

  it('of an empty caption are none', () => {
    assert.deepEqual(parseTags(''), []);
    assert.deepEqual(parseTags(' , ,\n'), []);
  });

  it('may hold signs', () => {
    assert.deepEqual(parseTags('a, b c, :3, (o)_(o)'), ['a', 'b c', ':3', '(o)_(o)']);
  });
});

describe('An empty caption', () => {
  it('is white space, a byte order mark or nothing', () => {
    for (const raw of ['', ' ', '\n', '\r\n\t ', '\uFEFF', '\uFEFF\r\n', '\u00a0', '\u3000']) {
      assert.equal(isEmptyCaption(raw), true, JSON.stringify(raw));
    }
    for (const raw of [',', '.', 'a', '\uFEFFa\n']) assert.equal(isEmptyCaption(raw), false, JSON.stringify(raw));
  });
});

describe('The text of a caption file', () => {
  it('has no byte order mark, no final line end, and LF only', () => {
    assert.equal(textOfRaw('\uFEFFa\r\nb\rc\n'), 'a\nb\nc');
    assert.equal(textOfRaw('a\n\n'), 'a\n');
    assert.equal(textOfRaw('a\r\n'), 'a');
    assert.equal(textOfRaw('a\r'), 'a');
    assert.equal(textOfRaw(''), '');
    assert.equal(textOfRaw('\n'), '');
  });
});

describe('The content of an edited caption file', () => {
  const cases: [what: string, raw: string | null, text: string, expected: string][] = [
    ['is the text where there was no file', null, 'a\nb\n', 'a\nb\n'],
    ['keeps the byte order mark', '\uFEFFa', 'b', '\uFEFFb'],
    ['keeps the final line end', 'a\r\n', 'b', 'b\r\n'],
    ['does not add a final line end', 'a', 'b', 'b'],
    ['keeps several final line ends', 'a\n\n\n', 'ab\n\n', 'ab\n\n\n'],
    ['keeps mixed line ends of lines that did not change', 'a\r\nb\rc\nd', 'a\nb\nX\nd', 'a\r\nb\rX\nd'],
    ['gives new lines the usual line end', 'a\r\nb\r\nc\nd', 'a\nb\nnew\nc\nd', 'a\r\nb\r\nnew\r\nc\nd'],
    ['of one line with CRLF uses CRLF for a new line', 'a\r\n', 'a\nb', 'a\r\nb\r\n'],
    ['does not let CR and LF around an emptied line melt into one', 'a\rX\nb', 'a\n\nb', 'a\r\r\nb'],
    ['does not let a CR melt with the final LF', 'a\rX\n', 'a\n', 'a\r\r\n'],
    ['takes text with CRLF as the same text', 'a\r\nb', 'a\r\nb', 'a\r\nb'],
  ];
  for (const [what, raw, text, expected] of cases) {
    it(what, () => {
      assert.equal(rawWithText(raw, text), expected);
    });
  }

  const pieces = ['a', 'b', ', ', 'cat', ' ', '\n', '\r\n', '\r', '\u3042', ''];
  const random = seededRandom(42);
  const someText = (): string => Array.from({ length: random(8) }, () => pieces[random(pieces.length)]!).join('');
  const someRaw = (): string => (random(4) === 0 ? '\uFEFF' : '') + someText();

  it('is the same to the character when the text did not change, for 20,000 random files', () => {
    for (let round = 0; round < 20_000; round++) {
      const raw = someRaw();
      assert.equal(rawWithText(raw, textOfRaw(raw)), raw);
    }
  });

  it('shows the text that was typed, for 20,000 random files and texts', () => {
    for (let round = 0; round < 20_000; round++) {
      const raw = random(5) === 0 ? null : someRaw();
      const text = normalizeLineEnds(someText());
      const edited = rawWithText(raw, text);
      // Without a final line end in the file, one that was typed becomes the file's and is not shown again.
      const shown = /[\r\n]$/.test(raw ?? '') || edited === raw ? text : text.replace(/\n$/, '');
      assert.equal(textOfRaw(edited), shown, JSON.stringify({ raw, text, edited }));
    }
  });
});
