import assert from 'node:assert/strict';
import { defaultCaptionOptions, ensembleMerges } from '../../../../src/protocol/tagging/captionOptions';
import { mcutThreshold } from '../../../../src/tagger/scores/mcutThreshold';
import type { ScoredModel } from '../../../../src/tagger/scores/mergeScores';
import { scoresToTags } from '../../../../src/tagger/scores/scoresToTags';
import type { ModelTag } from '../../../../src/tagger/inference/selectedTags';
import { ownTime } from '../../shared/ownTime';
import { ensembleCaption, model } from './scoredTags';
import { seededRandom } from '../../shared/testFolder';

const noMcut = { mcut: { general: false, character: false } };

describe('Several taggers', () => {
  it('give what one gives when there is only one, however they are merged', () => {
    const one = model([
      ['b', 0.5],
      ['hero', 0.86, 'character'],
      ['a', 0.9],
      ['c', 0.35],
      ['safe', 1, 'rating'],
    ]);
    for (const merge of ensembleMerges) {
      assert.equal(ensembleCaption([one], merge, { rating: 'last' }), 'a, hero, b, safe', merge);
      assert.equal(ensembleCaption([one, one], merge, { rating: 'last' }), 'a, hero, b, safe', merge);
    }
  });

  const first = model([
    ['both', 0.625],
    ['split', 0.75],
    ['only_first', 0.5],
    ['low', 0.25],
    ['general', 0.9, 'rating'],
  ]);
  const second = model([
    ['low', 0.25],
    ['only_second', 0.375],
    ['split', 0.125],
    ['both', 0.5],
    ['general', 0.1, 'rating'],
  ]);

  it('are merged by name, not by place', () => {
    // both 0.5625, split 0.4375, only_first 0.5, only_second 0.375, low 0.25
    assert.equal(ensembleCaption([first, second], 'mean'), 'both, only first, split, only second');
  });

  it('mean: a tag that a model does not know does not count against it', () => {
    const knows = model([['rare', 0.4]]);
    assert.equal(ensembleCaption([knows, model([['other', 0.1]])], 'mean'), 'rare');
    assert.equal(ensembleCaption([knows, model([['rare', 0.1]])], 'mean'), '');
  });

  it('max: the highest score counts', () => {
    assert.equal(ensembleCaption([first, second], 'max'), 'split, both, only first, only second');
  });

  it('union: a tag that passes in one model is there; the mean makes the order', () => {
    // split passes in the first model only, and its mean is 0.4375.
    assert.equal(ensembleCaption([first, second], 'union'), 'both, only first, split, only second');
    const strict = model([['both', 0.6]], { general: 0.9 });
    const lenient = model([['both', 0.2]], { general: 0.1 });
    assert.equal(ensembleCaption([strict, lenient], 'union'), 'both');
    assert.equal(ensembleCaption([strict, lenient], 'mean'), '');
  });

  it('intersection: a tag must pass in every model; one that a model does not know never does', () => {
    assert.equal(ensembleCaption([first, second], 'intersection'), 'both');
  });

  it("have each model's own thresholds, for mean and max their mean over the models that know the tag", () => {
    const low = model(
      [
        ['a', 0.5],
        ['b', 0.5],
      ],
      { general: 0.2 },
    );
    const high = model(
      [
        ['a', 0.5],
        ['c', 0.5],
      ],
      { general: 0.6 },
    );
    // a: 0.5 against 0.4; b: against 0.2; c: against 0.6.
    assert.equal(ensembleCaption([low, high], 'mean'), 'a, b');
    assert.equal(ensembleCaption([low, high], 'max'), 'a, b');
    assert.equal(ensembleCaption([low, high], 'union'), 'a, b');
    assert.equal(ensembleCaption([low, high], 'intersection'), '');
  });

  for (const merge of ensembleMerges) {
    it(`${merge}: leave out a score that equals the threshold`, () => {
      for (const threshold of [0.35, 0.1, 0.7]) {
        const equal = (): ScoredModel => model([['a', threshold]], { general: threshold });
        assert.equal(ensembleCaption([equal(), equal(), equal()], merge), '');
      }
    });
  }

  it('take the category of a tag from the first model that knows it', () => {
    const character = model([['miku', 0.8, 'character']]);
    const general = model([['miku', 0.8]]);
    assert.equal(ensembleCaption([character, general], 'mean'), '');
    assert.equal(ensembleCaption([general, character], 'mean'), 'miku');
  });

  it('share one rating, and do not take a tag for the rating of its name', () => {
    const safe = model([
      ['general', 0.6, 'rating'],
      ['sensitive', 0.5, 'rating'],
      ['x', 0.5],
    ]);
    const risky = model([
      ['sensitive', 0.9, 'rating'],
      ['general', 0.2, 'rating'],
    ]);
    const officer = model([['general', 0.8]]);
    assert.equal(ensembleCaption([safe, risky], 'mean', { rating: 'first' }), 'sensitive, x');
    assert.equal(ensembleCaption([safe, officer], 'mean', { rating: 'off' }), 'general, x');
    assert.equal(ensembleCaption([safe, officer], 'intersection', { rating: 'last' }), 'general');
  });

  it("let MCut look at the merged scores for mean and max, else at each model's", () => {
    const one = model([
      ['a', 0.9],
      ['b', 0.8],
      ['c', 0.1],
    ]);
    const other = model([
      ['a', 0.9],
      ['b', 0.2],
      ['c', 0.1],
    ]);
    const mcut = { general: true, character: false };
    // The means are 0.9, 0.5, 0.1: the first gap of 0.4 is the largest (0.8 and 0.2 as floats make 0.5 a little more).
    assert.equal(ensembleCaption([one, other], 'max', { mcut }), 'a, b');
    assert.equal(ensembleCaption([one, other], 'union', { mcut }), 'a, b');
    assert.equal(ensembleCaption([one, other], 'intersection', { mcut }), 'a');
    assert.equal(ensembleCaption([one, one], 'mean', { mcut }), 'a, b');
  });

  it('put the tags that only later models know behind the others in the order of the models', () => {
    const scores = ensembleCaption([first, second], 'union', { order: 'model' });
    assert.equal(scores, 'both, split, only first, only second');
  });

  it('forget nothing of one ensemble when another one begins with the same model', () => {
    assert.equal(ensembleCaption([first, second], 'intersection'), 'both');
    assert.equal(ensembleCaption([first], 'intersection'), 'split, both, only first');
    assert.equal(ensembleCaption([first, first], 'intersection'), 'split, both, only first');
    assert.equal(ensembleCaption([first, second], 'intersection'), 'both');
  });

  it('merge as a plain computation by name does', () => {
    const random = seededRandom(5);
    for (let round = 0; round < 200; round++) {
      const models = Array.from({ length: 1 + random(3) }, () => {
        const names = Array.from({ length: 12 }, (_, index) => `t${index}`).filter(() => random(3) > 0);
        const thresholds = { general: random(10) / 10, character: 1 };
        return model(
          names.map((name) => [name, random(100) / 100]),
          thresholds,
        );
      });
      for (const merge of ensembleMerges) {
        const expected = new Set<string>();
        for (const name of new Set(models.flatMap(({ tags }) => tags.map((tag) => tag.name)))) {
          const known = models
            .map(({ tags, scores, thresholds }) => {
              const index = tags.findIndex((tag) => tag.name === name);
              return index === -1 ? undefined : { score: scores[index]!, limit: Math.fround(thresholds.general) };
            })
            .filter((entry) => entry !== undefined);
          const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
          const limit = mean(known.map((entry) => entry.limit));
          const passes = {
            mean: mean(known.map((entry) => entry.score)) > limit,
            max: Math.max(...known.map((entry) => entry.score)) > limit,
            union: known.some((entry) => entry.score > entry.limit),
            intersection: known.length === models.length && known.every((entry) => entry.score > entry.limit),
          };
          if (passes[merge]) expected.add(name);
        }
        const found = scoresToTags(models, merge, { ...defaultCaptionOptions, ...noMcut }).tags;
        assert.deepEqual(new Set(found), expected, merge);
      }
    }
  });
});

describe('The MCut threshold', () => {
  it('is that of the sorted scores', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 3000; round++) {
      const steps = 2 + random(round % 2 === 0 ? 8 : 100_000);
      const scores = Array.from({ length: 2 + random(40) }, () => Math.fround(random(steps) / steps));
      const sorted = scores.toSorted((a, b) => b - a);
      const gaps = sorted.slice(1).map((below, index) => sorted[index]! - below);
      const at = gaps.indexOf(Math.max(...gaps));
      assert.equal(mcutThreshold(Float64Array.from(scores)), (sorted[at]! + sorted[at + 1]!) / 2, scores.join(' '));
    }
  });

  it('is found among evenly spaced scores too, and needs two of them', () => {
    assert.equal(mcutThreshold(Float64Array.from({ length: 5 }, (_, index) => index / 4)), 0.875);
    assert.equal(mcutThreshold(Float64Array.of(0.5, 0.5, 0.5)), 0.5);
    assert.equal(mcutThreshold(Float64Array.of(0.5)), undefined);
  });
});

describe('The speed of post-processing', () => {
  const random = seededRandom(1);
  const published = (count: number, prefix: number): ModelTag[] =>
    Array.from({ length: count }, (_, index) => ({
      name: index % 3 === 0 ? `own_${prefix}_${index}` : `tag_number_${index}_(series)`,
      category: index < 4 ? 'rating' : index < count * 0.75 ? 'general' : 'character',
    }));
  const scored = (tags: readonly ModelTag[], image: number): ScoredModel => ({
    tags,
    scores: Float32Array.from(tags, (_, index) => ((index + image) % 151 === 4 ? 0.86 : 0) + random(140) / 1000),
    thresholds: { general: 0.35, character: 0.85 },
  });
  const lists = [published(10_861, 1), published(10_861, 2)];

  for (const merge of ensembleMerges) {
    it(`is no wall for 500 images a second with two models of 10,861 tags (${merge})`, () => {
      const options = { ...defaultCaptionOptions, rating: 'first' as const, excludedTags: ['*_1?_*', 'tag number 5*'] };
      const images = Array.from({ length: 60 }, (_, image) => lists.map((tags) => scored(tags, image)));
      for (const models of images) scoresToTags(models, merge, options);
      const start = ownTime();
      for (const models of images) assert.ok(scoresToTags(models, merge, options).tags.length > 30);
      const each = (ownTime() - start) / images.length;
      // It takes about one.
      assert.ok(each < 3, `${each.toFixed(2)} ms`);
    });
  }
});
