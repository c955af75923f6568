import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { defaultCaptionOptions, defaultThresholds } from '../../../../src/protocol/tagging/captionOptions';
import {
  choiceValue,
  countValue,
  problemOf,
  readCaptionOptions,
  readThresholds,
  readWriteOptions,
  scoreValue,
  separatorValue,
  type CaptionValues,
} from '../../../../src/protocol/tagging/captionValues';
import { defaultWriteOptions } from '../../../../src/tags/writeMode';

/** A source that has `values`, all of which fit. */
function sourceOf(values: Record<string, unknown>): CaptionValues {
  const value = <T>(name: string, usual: T): T => (values[name] as T | undefined) ?? usual;
  return {
    choice: (name, _choices, usual) => value(name, usual),
    count: value,
    score: value,
    separator: value,
    truth: value,
    texts: (name) => value<string[]>(name, []),
    textsByName: (name) => value<Record<string, string>>(name, {}),
  };
}

describe('The values that say how captions are made', () => {
  it('are the defaults where a source has none', () => {
    assert.deepEqual(readCaptionOptions(sourceOf({})), defaultCaptionOptions);
    assert.deepEqual(readThresholds(sourceOf({})), defaultThresholds);
    assert.deepEqual(readWriteOptions(sourceOf({})), defaultWriteOptions);
  });

  it('are each read by the name of their setting', () => {
    const values = sourceOf({
      maximumTags: 7,
      rating: 'first',
      ratingNames: { general: 'safe' },
      characterTagsFirst: true,
      expandCharacterTags: true,
      tagOrder: 'model',
      keepUnderscores: true,
      escapeParentheses: true,
      excludedTags: ['a'],
      alwaysFirstTags: ['b'],
      addedTags: ['c'],
      replacements: { d: 'e' },
      generalThreshold: 0.1,
      characterThreshold: 0.2,
      separator: '; ',
      writeMode: 'prepend',
      keepFirstTags: 3,
    });
    assert.deepEqual(readCaptionOptions(values), {
      mcut: { general: false, character: false },
      maximumTags: 7,
      rating: 'first',
      ratingNames: { general: 'safe' },
      characterTagsFirst: true,
      expandCharacterTags: true,
      order: 'model',
      keepUnderscores: true,
      escapeParentheses: true,
      excludedTags: ['a'],
      alwaysFirstTags: ['b'],
      addedTags: ['c'],
      replacements: { d: 'e' },
    });
    assert.deepEqual(readThresholds(values), { general: 0.1, character: 0.2 });
    assert.deepEqual(readWriteOptions(values), { mode: 'prepend', keepFirst: 3, separator: '; ' });
  });

  it('name the categories of MCut in one word', () => {
    const mcut = (word: string): unknown => readCaptionOptions(sourceOf({ mcut: word })).mcut;
    assert.deepEqual(mcut('off'), { general: false, character: false });
    assert.deepEqual(mcut('general'), { general: true, character: false });
    assert.deepEqual(mcut('character'), { general: false, character: true });
    assert.deepEqual(mcut('both'), { general: true, character: true });
  });

  for (const value of [0, 0.35, 1]) {
    it(`may have the score ${value}`, () => {
      assert.equal(problemOf(scoreValue, value), undefined);
    });
  }
  for (const value of [-0.01, 1.01, NaN, Infinity, '0.5', null, undefined]) {
    it(`may not have ${inspect(value)} for a score`, () => {
      assert.equal(problemOf(scoreValue, value), 'must be a number from 0 to 1');
    });
  }
  for (const value of [0, 1, Number.MAX_SAFE_INTEGER]) {
    it(`may have the number ${value}`, () => {
      assert.equal(problemOf(countValue, value), undefined);
    });
  }
  for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53, '1', null, undefined]) {
    it(`may not have ${inspect(value)} for a number of things`, () => {
      assert.equal(problemOf(countValue, value), 'must be a whole number from 0 up');
    });
  }

  it('may have no separator that is empty or ends the line', () => {
    assert.equal(problemOf(separatorValue, ', '), undefined);
    assert.equal(problemOf(separatorValue, ''), 'must not be empty');
    for (const separator of ['\n', ',\r']) {
      assert.equal(
        problemOf(separatorValue, separator),
        'must not have a line end, because trainers read the first line only',
      );
    }
    assert.notEqual(problemOf(separatorValue, 7), undefined);
  });

  it('may have one of some words, which the message lists', () => {
    const fruit = choiceValue(['apple', 'pear', 'plum']);
    assert.equal(problemOf(fruit, 'pear'), undefined);
    assert.equal(problemOf(fruit, 'Pear'), 'must be apple, pear or plum');
    assert.equal(problemOf(fruit, undefined), 'must be apple, pear or plum');
  });
});
