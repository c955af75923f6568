import assert from 'node:assert/strict';
import { caption, ensembleCaption, model, type ScoredTag } from './scoredTags';

describe('The tags of a caption', () => {
  it('have the surest first and spaces for underscores', () => {
    assert.equal(
      caption([
        ['long_hair', 0.5],
        ['1girl', 0.99],
        ['blue_eyes', 0.7],
      ]),
      '1girl, blue eyes, long hair',
    );
  });

  it('keep the order of the model where scores are equal', () => {
    assert.equal(
      caption([
        ['b', 0.5],
        ['a', 0.5],
        ['c', 0.6],
      ]),
      'c, b, a',
    );
  });

  it('are none when no tag passes', () => {
    assert.equal(caption([['a', 0.1]]), '');
    assert.equal(caption([]), '');
    assert.equal(ensembleCaption([], 'mean'), '');
  });

  it('have a threshold for general and one for character tags', () => {
    assert.equal(
      caption([
        ['a', 0.8, 'character'],
        ['b', 0.8],
        ['c', 0.9, 'character'],
      ]),
      'c, b',
    );
  });

  for (const threshold of [0.35, 0.85, 0.1, 0.7]) {
    it(`leave out a score that equals the threshold ${threshold}`, () => {
      assert.equal(ensembleCaption([model([['a', threshold]], { general: threshold })], 'mean'), '');
    });
  }

  it('have no rating unless it is wanted', () => {
    assert.equal(
      caption([
        ['explicit', 1, 'rating'],
        ['a', 0.5],
      ]),
      'a',
    );
  });

  it('treat other categories as general', () => {
    assert.equal(caption([['some_artist', 0.5, 'other']]), 'some artist');
  });

  it('keep the underscores of faces', () => {
    const faces = '0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(
      ' ',
    );
    assert.equal(faces.length, 19);
    for (const face of faces) assert.equal(caption([[face, 1]]), face);
    assert.equal(caption([['^_^_face', 1]]), '^ ^ face');
  });

  it('are there once, however often a model lists them', () => {
    assert.equal(
      caption([
        ['a', 0.5],
        ['b', 0.6],
        ['a', 0.9],
      ]),
      'a, b',
    );
  });
});

describe('MCut', () => {
  const general = { mcut: { general: true, character: false } };
  const both = { mcut: { general: true, character: true } };

  it('cuts the tags of a category at the largest gap between their scores', () => {
    const scores: ScoredTag[] = [
      ['d', 0.1],
      ['a', 0.9],
      ['c', 0.3],
      ['b', 0.8],
    ];
    assert.equal(caption(scores, general), 'a, b');
    // Without it the threshold is 0.35, with it (0.8 + 0.1) / 2.
    assert.equal(
      caption(
        [
          ['a', 0.9],
          ['b', 0.8],
          ['c', 0.4],
          ['d', 0.1],
        ],
        general,
      ),
      'a, b',
    );
  });

  it('takes the first of equal gaps', () => {
    assert.equal(
      caption(
        [
          ['a', 0.75],
          ['b', 0.5],
          ['c', 0.25],
        ],
        general,
      ),
      'a',
    );
  });

  it('lowers the threshold where all scores are low, but that of characters not below 0.15', () => {
    assert.equal(
      caption(
        [
          ['a', 0.2],
          ['b', 0.05],
        ],
        general,
      ),
      'a',
    );
    assert.equal(
      caption(
        [
          ['a', 0.2, 'character'],
          ['b', 0.16, 'character'],
          ['c', 0.01, 'character'],
        ],
        both,
      ),
      'a, b',
    );
    assert.equal(
      caption(
        [
          ['a', 0.15, 'character'],
          ['b', 0.01, 'character'],
        ],
        both,
      ),
      '',
    );
    assert.equal(
      caption(
        [
          ['a', 0.1, 'character'],
          ['b', 0.01, 'character'],
        ],
        both,
      ),
      '',
    );
  });

  it('leaves the other category its own threshold and ignores ratings', () => {
    const scores: ScoredTag[] = [
      ['general', 0.99, 'rating'],
      ['hero', 0.8, 'character'],
      ['sidekick', 0.1, 'character'],
      ['a', 0.3],
      ['b', 0.01],
    ];
    assert.equal(caption(scores, general), 'a');
    assert.equal(caption(scores, { mcut: { general: false, character: true } }), 'hero');
    assert.equal(caption(scores, both), 'hero, a');
  });

  it('leaves the fixed threshold to a category with fewer than two tags', () => {
    assert.equal(caption([['a', 0.5]], both), 'a');
    assert.equal(caption([['a', 0.2]], both), '');
  });
});

describe('The maximum number of tags', () => {
  const scores: ScoredTag[] = [
    ['a', 0.5],
    ['b', 0.9],
    ['c', 0.7],
    ['d', 0.8],
  ];

  it('keeps the surest ones, in whatever order they are written', () => {
    assert.equal(caption(scores, { maximumTags: 2 }), 'b, d');
    assert.equal(caption(scores, { maximumTags: 3, order: 'model' }), 'b, c, d');
    assert.equal(caption(scores, { maximumTags: 0 }), 'b, d, c, a');
    assert.equal(caption(scores, { maximumTags: 9 }), 'b, d, c, a');
  });

  it('counts tags that really come into the caption, not ratings and added tags', () => {
    assert.equal(
      caption([...scores, ['safe', 1, 'rating']], {
        maximumTags: 2,
        excludedTags: ['b'],
        replacements: { d: '' },
        rating: 'last',
        addedTags: ['x'],
      }),
      'x, c, a, safe',
    );
    assert.equal(caption(scores, { maximumTags: 2, replacements: { b: 'same', d: 'same' } }), 'same, c');
  });
});

describe('The rating', () => {
  const scores: ScoredTag[] = [
    ['general', 0.2, 'rating'],
    ['sensitive', 0.3, 'rating'],
    ['questionable', 0.1, 'rating'],
    ['1girl', 0.9],
    ['solo', 0.8],
  ];

  it('is the surest one, whatever its score, as first or last tag', () => {
    assert.equal(caption(scores, { rating: 'first' }), 'sensitive, 1girl, solo');
    assert.equal(caption(scores, { rating: 'last' }), '1girl, solo, sensitive');
  });

  it('gets the name that the user has for it', () => {
    const ratingNames = { sensitive: 'rating: safe_enough', explicit: 'nsfw' };
    assert.equal(caption(scores, { rating: 'first', ratingNames }), 'rating: safe_enough, 1girl, solo');
    assert.equal(caption(scores, { rating: 'last', ratingNames: { Sensitive: '' } }), '1girl, solo');
    assert.equal(caption(scores, { rating: 'last', excludedTags: ['sensitive'] }), '1girl, solo');
  });

  it('is not there where the model has none', () => {
    assert.equal(caption([['a', 1]], { rating: 'first' }), 'a');
  });
});

describe('Character tags', () => {
  const scores: ScoredTag[] = [
    ['1girl', 0.99],
    ['hatsune_miku', 0.95, 'character'],
    ['solo', 0.93],
    ['kagamine_rin_(vocaloid)', 0.9, 'character'],
    ['megurine_luka_(vocaloid)', 0.92, 'character'],
  ];

  it('come first in their own order where that is wanted', () => {
    assert.equal(
      caption(scores, { characterTagsFirst: true }),
      'hatsune miku, megurine luka (vocaloid), kagamine rin (vocaloid), 1girl, solo',
    );
    assert.equal(
      caption(scores, { characterTagsFirst: true, order: 'model' }),
      'hatsune miku, kagamine rin (vocaloid), megurine luka (vocaloid), 1girl, solo',
    );
  });

  it('are split into name and series where that is wanted, the series once', () => {
    assert.equal(
      caption(scores, { expandCharacterTags: true }),
      '1girl, hatsune miku, solo, megurine luka, vocaloid, kagamine rin',
    );
    assert.equal(
      caption(scores, { expandCharacterTags: true, order: 'model', characterTagsFirst: true }),
      'hatsune miku, kagamine rin, vocaloid, megurine luka, 1girl, solo',
    );
  });

  for (const [name, expected] of [
    ['saber_(fate)', 'saber, fate'],
    ['artoria_pendragon_(swimsuit_ruler)_(fate)', 'artoria pendragon (swimsuit ruler), fate'],
    ['name(series)', 'name, series'],
    ['a_(b)_c', 'a (b) c'],
    ['(o)_(o)', '(o)_(o)'],
    ['_(series)', ' (series)'],
    ['a_()', 'a ()'],
    ['a_(b_(c))', 'a (b (c))'],
  ] as const) {
    it(`are split only at their last parentheses: ${name}`, () => {
      // A face is no series of "(o)"; the model that has it lists it as general.
      const category = name === '(o)_(o)' ? 'general' : 'character';
      assert.equal(caption([[name, 1, category]], { expandCharacterTags: true }), expected);
    });
  }

  it('alone are split', () => {
    assert.equal(caption([['bow_(weapon)', 1]], { expandCharacterTags: true }), 'bow (weapon)');
  });
});

describe('How a tag is written', () => {
  it('keeps underscores where that is wanted', () => {
    assert.equal(
      caption(
        [
          ['long_hair', 1],
          ['^_^', 0.9],
        ],
        { keepUnderscores: true },
      ),
      'long_hair, ^_^',
    );
  });

  it('escapes parentheses where that is wanted, also in faces and not the backslash of a tag', () => {
    const scores: ScoredTag[] = [
      ['saber_(fate)', 0.9],
      ['\\o/', 0.8],
      ['(o)_(o)', 0.7],
    ];
    assert.equal(caption(scores), 'saber (fate), \\o/, (o)_(o)');
    assert.equal(caption(scores, { escapeParentheses: true }), 'saber \\(fate\\), \\o/, \\(o\\)_\\(o\\)');
    assert.equal(
      caption(scores, { escapeParentheses: true, keepUnderscores: true }),
      'saber_\\(fate\\), \\o/, \\(o\\)_\\(o\\)',
    );
  });
});
