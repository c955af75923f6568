import assert from 'node:assert/strict';
import { defaultCaptionOptions } from '../../src/protocol/captionOptions';
import { scoresToCaption } from '../../src/tagger/scoresToCaption';
import type { ModelTag, TagCategory } from '../../src/tagger/selectedTags';

function caption(
  tags: [string, number, TagCategory?][],
  { generalThreshold: general = 0.35, characterThreshold: character = 0.85, excludedTags = [] as string[] } = {},
) {
  const modelTags: ModelTag[] = tags.map(([name, , category = 'general']) => ({ name, category }));
  return scoresToCaption(
    modelTags,
    Float32Array.from(tags, ([, score]) => score),
    { general, character },
    { ...defaultCaptionOptions, excludedTags },
  ).join(', ');
}

describe('A caption', () => {
  it('has the surest tag first and spaces for underscores', () => {
    assert.equal(
      caption([
        ['long_hair', 0.5],
        ['1girl', 0.99],
        ['blue_eyes', 0.7],
      ]),
      '1girl, blue eyes, long hair',
    );
  });

  it('keeps the order of the model where scores are equal', () => {
    assert.equal(
      caption([
        ['b', 0.5],
        ['a', 0.5],
        ['c', 0.6],
      ]),
      'c, b, a',
    );
  });

  it('is empty when no tag passes', () => {
    assert.equal(caption([['a', 0.1]]), '');
    assert.equal(caption([]), '');
  });

  it('has a threshold for general and one for character tags', () => {
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
    it(`leaves out a score that equals the threshold ${threshold}`, () => {
      assert.equal(caption([['a', threshold]], { generalThreshold: threshold }), '');
    });
  }

  it('never has a rating', () => {
    assert.equal(
      caption([
        ['explicit', 1, 'rating'],
        ['a', 0.5],
      ]),
      'a',
    );
  });

  it('treats other categories as general', () => {
    assert.equal(caption([['some_artist', 0.5, 'other']]), 'some artist');
  });

  it('keeps the underscores of faces', () => {
    const faces = '0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(
      ' ',
    );
    assert.equal(faces.length, 19);
    for (const face of faces) assert.equal(caption([[face, 1]]), face);
    assert.equal(caption([['^_^_face', 1]]), '^ ^ face');
  });

  it('leaves out excluded tags, whether they are written with spaces, underscores or capitals', () => {
    const tags: [string, number][] = [
      ['long_hair', 0.9],
      ['blue_eyes', 0.8],
      ['^_^', 0.7],
      ['a', 0.6],
    ];
    assert.equal(caption(tags, { excludedTags: [' Long hair', 'BLUE_EYES', '^_^'] }), 'a');
  });

  it('does not exclude a tag that merely contains an excluded one', () => {
    assert.equal(caption([['long_hair', 0.9]], { excludedTags: ['hair'] }), 'long hair');
  });
});
