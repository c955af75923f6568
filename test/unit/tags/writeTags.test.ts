import assert from 'node:assert/strict';
import { defaultWriteOptions, separatorProblem, type WriteOptions } from '../../../src/tags/writeMode';
import { captionWithTags } from '../../../src/tags/writeTags';
import { seededRandom } from '../shared/testFolder';

function write(existing: string, tags: string, options: Partial<WriteOptions> = {}): string {
  return captionWithTags(existing, tags.split('; '), { ...defaultWriteOptions, ...options });
}

describe('Generated tags', () => {
  it('replace a caption with all its lines', () => {
    assert.equal(write('old, tags\nsecond line', '1girl; solo'), '1girl, solo');
    assert.equal(write('', '1girl; solo', { separator: ' | ' }), '1girl | solo');
  });

  for (const mode of ['replace', 'append', 'prepend', 'onlyEmpty'] as const) {
    it(`${mode}: fill an empty caption and leave one alone when there are no tags`, () => {
      for (const empty of ['', ' ', '\n', ' \r\n\t']) assert.equal(write(empty, 'a; b', { mode }), 'a, b');
      assert.equal(captionWithTags('mine', [], { ...defaultWriteOptions, mode }), 'mine');
      assert.equal(captionWithTags('mine', [' '], { ...defaultWriteOptions, mode }), 'mine');
    });
  }

  it('leave a caption alone where only empty ones are filled', () => {
    assert.equal(write('mine', 'a', { mode: 'onlyEmpty', keepFirst: 1 }), 'mine');
  });

  it('are appended where they are new, compared without case, underscores and escapes', () => {
    const options = { mode: 'append' } as const;
    assert.equal(
      write('mine,  Long Hair,saber (fate)', 'long_hair; a; saber \\(fate\\); A', options),
      'mine,  Long Hair,saber (fate), a',
    );
    assert.equal(write('Solo, ^_^', 'solo; ^_^', options), 'Solo, ^_^');
    assert.equal(write('solo, ', 'solo', options), 'solo, ');
  });

  it('are put in front where they are new', () => {
    const options = { mode: 'prepend' } as const;
    assert.equal(write('mine,  Long Hair', 'long_hair; a; b', options), 'a, b, mine,  Long Hair');
    assert.equal(write('mine', 'Mine', options), 'mine');
    assert.equal(write(', mine', 'a', options), 'a, mine');
    assert.equal(write('  mine', 'a', options), 'a, mine');
  });

  for (const [existing, expected] of [
    ['a, b', 'a, b, new'],
    ['a, b, ', 'a, b, new'],
    ['a, b,', 'a, b, new'],
    ['a, b ', 'a, b, new'],
    ['a, b ,', 'a, b , new'],
    ['A girl, sitting.', 'A girl, sitting., new'],
    ['trigger ||| a', 'trigger ||| a, new'],
    ['trigger |||', 'trigger ||| new'],
  ] as const) {
    it(`are appended with one separator to "${existing}"`, () => {
      assert.equal(write(existing, 'new', { mode: 'append' }), expected);
    });
  }

  it('go to the first line of several, the others stay with their line ends', () => {
    assert.equal(write('a, b\nsecond, c', 'b; c', { mode: 'append' }), 'a, b, c\nsecond, c');
    assert.equal(write('a\r\n\r\nsecond', 'c', { mode: 'append' }), 'a, c\r\n\r\nsecond');
    assert.equal(write('a\nsecond', 'c', { mode: 'prepend' }), 'c, a\nsecond');
    assert.equal(write('\nsecond', 'c', { mode: 'append' }), 'c\nsecond');
    assert.equal(write('a\nsecond', 'c', { mode: 'prepend', keepFirst: 1 }), 'a, c\nsecond');
  });

  it('leave the first tags in front, whatever the mode', () => {
    const existing = 'ohwx,  woman, long_hair, old';
    const tags = 'solo; long hair; Woman';
    assert.equal(write(existing, tags, { keepFirst: 1 }), 'ohwx, solo, long hair, Woman');
    assert.equal(write(existing, tags, { keepFirst: 2 }), 'ohwx,  woman, solo, long hair');
    assert.equal(write(existing, tags, { keepFirst: 9 }), 'ohwx,  woman, long_hair, old, solo');
    assert.equal(write(existing, tags, { keepFirst: 2, mode: 'append' }), `${existing}, solo`);
    assert.equal(write(existing, tags, { keepFirst: 2, mode: 'prepend' }), 'ohwx,  woman, solo, long_hair, old');
    assert.equal(write(existing, tags, { keepFirst: 9, mode: 'prepend' }), `${existing}, solo`);
    assert.equal(write('ohwx, old', 'ohwx', { keepFirst: 1 }), 'ohwx');
    assert.equal(write(', ,ohwx ,old', 'new', { keepFirst: 1 }), ', ,ohwx, new');
  });

  it('use the separator that is wanted, and know commas beside it', () => {
    const options = { separator: ' | ', mode: 'append' } as const;
    assert.equal(write('a | b', 'b; c', options), 'a | b | c');
    assert.equal(write('a, b', 'b; c', options), 'a, b | c');
    assert.equal(write('a | b |', 'c', options), 'a | b | c');
    assert.equal(write('a | b | old', 'c', { separator: ' | ', keepFirst: 2 }), 'a | b | c');
    assert.equal(
      write('long_hair solo', 'long_hair; smile', { separator: ' ', mode: 'append' }),
      'long_hair solo smile',
    );
    assert.equal(write('a b c', 'd', { separator: ' ', keepFirst: 2 }), 'a b d');
    assert.equal(
      write('long hair, solo', 'long hair; smile', { separator: ' ', mode: 'append' }),
      'long hair, solo, smile',
    );
    assert.equal(
      write('sandals and hat', 'sandals; bow', { separator: ' and ', mode: 'append' }),
      'sandals and hat and bow',
    );
    assert.equal(write('a.*b', 'a; c', { separator: '.*', mode: 'append' }), 'a.*b.*c');
  });

  it('know the tags beside the separators of sd-scripts', () => {
    assert.equal(
      write('ohwx ||| solo, a;;;b', 'solo; ohwx; a; b; |_|', { mode: 'append' }),
      'ohwx ||| solo, a;;;b, |_|',
    );
  });

  it('never change what is there, never double a separator, and add nothing the second time', () => {
    const random = seededRandom(11);
    const pieces = ['a', 'b_c', 'D', '(e)', ',', ', ', ' ', '.', '|', '\n'];
    const tags = ['a', 'b_c', 'd', '\\(e\\)', 'f'];
    for (let round = 0; round < 4000; round++) {
      const existing = Array.from({ length: random(9) }, () => pieces[random(pieces.length)]).join('');
      const options: WriteOptions = {
        mode: random(2) === 0 ? 'append' : 'prepend',
        keepFirst: random(4),
        separator: ['|', ', ', ' '][random(3)]!,
      };
      const text = captionWithTags(existing, tags, options);
      const bare = (caption: string): string => caption.replace(/[,| ]/g, '');
      if (options.mode === 'append') {
        const [first = ''] = existing.split('\n');
        if (existing.trim() !== '')
          assert.ok(text.startsWith(first.trimEnd()), JSON.stringify({ existing, options, text }));
      } else if (options.keepFirst === 0 && existing.trim() !== '') {
        assert.ok(text.endsWith(existing.trimStart()) || text.endsWith(existing.replace(/^ */, '')), text);
      }
      for (const character of bare(existing).replaceAll('\n', '')) assert.ok(text.includes(character));
      assert.equal(captionWithTags(text, tags, options), text, JSON.stringify({ existing, options }));
    }
  });
});

describe('A separator', () => {
  it('must be there and must not break the line', () => {
    assert.equal(separatorProblem(', '), undefined);
    assert.equal(separatorProblem(' '), undefined);
    assert.match(separatorProblem('')!, /empty/);
    assert.match(separatorProblem('\n')!, /line end/);
    assert.match(separatorProblem(',\r')!, /line end/);
  });
});
