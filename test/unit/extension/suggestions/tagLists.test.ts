import assert from 'node:assert/strict';
import { caption, type ScoredTag } from '../../tagger/scores/scoredTags';

describe('Excluded tags', () => {
  it('are left out, whether they are written with spaces, underscores, capitals or escapes', () => {
    const scores: ScoredTag[] = [
      ['long_hair', 0.9],
      ['blue_eyes', 0.8],
      ['^_^', 0.7],
      ['bow_(weapon)', 0.6],
      ['a', 0.5],
    ];
    const excludedTags = [' Long hair', 'BLUE_EYES', '^_^', 'bow \\(weapon\\)'];
    for (const escapeParentheses of [false, true]) {
      for (const keepUnderscores of [false, true]) {
        assert.equal(caption(scores, { excludedTags, escapeParentheses, keepUnderscores }), 'a');
      }
    }
    assert.equal(caption(scores, { excludedTags: ['long hair, blue eyes', '', ' '] }), '^_^, bow (weapon), a');
  });

  it('are whole tags: a part of one excludes nothing', () => {
    assert.equal(caption([['long_hair', 0.9]], { excludedTags: ['hair'] }), 'long hair');
  });

  it('may have wildcards', () => {
    const scores: ScoredTag[] = [
      ['long_hair', 0.9],
      ['hair_ornament', 0.8],
      ['hair', 0.7],
      ['2girls', 0.6],
      ['10girls', 0.5],
    ];
    assert.equal(caption(scores, { excludedTags: ['*_hair'] }), 'hair ornament, hair, 2girls, 10girls');
    assert.equal(caption(scores, { excludedTags: ['*hair*'] }), '2girls, 10girls');
    assert.equal(caption(scores, { excludedTags: ['?GIRLS'] }), 'long hair, hair ornament, hair, 10girls');
    assert.equal(caption(scores, { excludedTags: ['*'] }), '');
    assert.equal(caption(scores, { excludedTags: ['hair|2girls', '.*', 'h[a]ir', '(hair)'] }).split(', ').length, 5);
  });

  it('may be signs that are wildcards elsewhere', () => {
    const scores: ScoredTag[] = [
      ['?', 0.9],
      ['!', 0.8],
      ['!?', 0.7],
      ['a*b', 0.6],
      ['aab', 0.5],
      ['\\o/', 0.4],
    ];
    assert.equal(caption(scores, { excludedTags: ['?'] }), '!, !?, a*b, aab, \\o/');
    assert.equal(caption(scores, { excludedTags: ['a\\*b', '\\o/'] }), '?, !, !?, aab');
    assert.equal(caption(scores, { excludedTags: ['\\?*', '\\o*'] }), '!, !?, a*b, aab');
  });

  it('are left out whatever brought them into the caption', () => {
    const options = {
      expandCharacterTags: true,
      excludedTags: ['vocaloid', 'woman'],
      replacements: { '1girl': 'woman' },
    };
    assert.equal(
      caption(
        [
          ['1girl', 0.99],
          ['rin_(vocaloid)', 0.9, 'character'],
        ],
        options,
      ),
      'rin',
    );
  });
});

describe('Always-first and added tags', () => {
  const scores: ScoredTag[] = [
    ['long_hair', 0.9],
    ['1boy', 0.8],
    ['1girl', 0.7],
    ['sensitive', 0.6, 'rating'],
  ];

  it('put found tags in front in the given order, and only those', () => {
    assert.equal(caption(scores, { alwaysFirstTags: ['1girl', ' 1BOY ', 'solo'] }), '1girl, 1boy, long hair');
    assert.equal(
      caption(scores, { alwaysFirstTags: ['1girl', 'sensitive'], rating: 'last' }),
      '1girl, sensitive, long hair, 1boy',
    );
  });

  it('are in front of the rating and of character tags', () => {
    const characters: ScoredTag[] = [...scores, ['miku', 0.95, 'character']];
    const options = {
      rating: 'first',
      characterTagsFirst: true,
      alwaysFirstTags: ['1boy'],
      addedTags: ['me'],
    } as const;
    assert.equal(
      caption(characters, { ...options, alwaysFirstTags: ['1boy'], addedTags: ['me'] }),
      'me, 1boy, sensitive, miku, long hair, 1girl',
    );
  });

  it('add tags in front of everything as they are written, once', () => {
    assert.equal(
      caption(scores, { addedTags: [' ohwx_style', 'Long_Hair', 'ohwx style'], alwaysFirstTags: ['1girl'] }),
      'ohwx_style, Long_Hair, 1girl, 1boy',
    );
    assert.equal(caption(scores, { addedTags: ['a (b)'], escapeParentheses: true }).startsWith('a (b), '), true);
  });

  it('make no caption of an image without a tag', () => {
    assert.equal(caption([['a', 0.1]], { addedTags: ['ohwx'] }), '');
  });
});

describe('Replacements', () => {
  const scores: ScoredTag[] = [
    ['1girl', 0.9],
    ['blue_eyes', 0.8],
    ['cat', 0.7],
  ];

  it('replace a tag, however its name is written, and no other', () => {
    assert.equal(caption(scores, { replacements: { 'Blue eyes': 'azure_eyes' } }), '1girl, azure_eyes, cat');
    assert.equal(caption(scores, { replacements: { eyes: 'x' } }), '1girl, blue eyes, cat');
  });

  it('remove a tag or make several of it', () => {
    assert.equal(caption(scores, { replacements: { cat: '', '1girl': 'woman, adult' } }), 'woman, adult, blue eyes');
  });

  it('are not followed twice and may swap tags', () => {
    assert.equal(caption(scores, { replacements: { '1girl': 'cat', cat: 'dog', dog: 'fish' } }), 'cat, blue eyes, dog');
    assert.equal(caption(scores, { replacements: { '1girl': 'cat', cat: '1girl' } }), 'cat, blue eyes, 1girl');
  });

  it('make no tag twice', () => {
    assert.equal(caption(scores, { replacements: { cat: 'Blue Eyes' } }), '1girl, blue eyes');
  });

  it('go before the expansion of a character tag, and apply to its parts', () => {
    const characters: ScoredTag[] = [
      ['rin_(vocaloid)', 0.9, 'character'],
      ['luka_(vocaloid)', 0.88, 'character'],
    ];
    const replacements = { 'rin (vocaloid)': 'rin_v2', vocaloid: 'utau' };
    assert.equal(caption(characters, { expandCharacterTags: true, replacements }), 'rin_v2, luka, utau');
  });

  it('may be for a tag that is a word of JavaScript', () => {
    const replacements = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;
    assert.equal(
      caption(
        [
          ['__proto__', 0.9],
          ['constructor', 0.8],
          ['toString', 0.7],
        ],
        { replacements },
      ),
      'x, y, toString',
    );
  });
});
