import type { CaptionOptions, EnsembleMerge, Thresholds } from '../protocol/captionOptions';
import { mcutThresholds } from './mcutThreshold';
import { mergedTags } from './mergedTags';
import type { ModelTag } from './selectedTags';

/** What one model says about an image. */
export interface ScoredModel {
  /** the very array that the model was loaded with */
  tags: readonly ModelTag[];
  /** one for each tag, 0..1 */
  scores: Float32Array;
  thresholds: Thresholds;
}

/** A tag that passed its threshold. */
export interface PassedTag {
  /** as the model writes it */
  name: string;
  isCharacter: boolean;
  /** mean of the scores of the models that know the tag, or for `max` the largest of them; 0..1 */
  score: number;
}

/** What the models say together. */
export interface MergedScores {
  /** in the order of the merged list of tags */
  passed: PassedTag[];
  /** the surest rating, as the model writes it; undefined where no model has ratings */
  rating: string | undefined;
}

/**
 * Merges the scores of models by the names of their tags ({@link EnsembleMerge} says how) and finds the tags that are
 * greater than their thresholds. One model gives the same with every merge.
 * - `mean`, `max`: a tag that a model does not know does not count against it. MCut looks at the merged scores.
 * - `union`, `intersection`: MCut looks at the scores of each model. A tag that one of the models does not know is never
 *   part of the intersection.
 * @param mcut the categories whose threshold is found in the scores
 */
export function mergeScores(
  models: readonly ScoredModel[],
  merge: EnsembleMerge,
  mcut: CaptionOptions['mcut'],
): MergedScores {
  const { tags, outputs } = mergedTags(models.map((model) => model.tags));
  const score = new Float64Array(tags.length);
  const limit = new Float64Array(tags.length);
  const knowing = new Uint8Array(tags.length);
  const passing = new Uint8Array(tags.length);
  const eachPasses = merge === 'union' || merge === 'intersection';
  for (const [model, { tags: own, scores, thresholds }] of models.entries()) {
    const limits = { ...rounded(thresholds), ...(eachPasses ? mcutThresholds(own, scores, mcut) : {}) };
    outputs[model]?.forEach((output, index) => {
      if (output === -1) return;
      const value = scores[output] ?? 0;
      const ownLimit = limits[kindOf(tags[index])];
      const before = score[index] ?? 0;
      score[index] = merge === 'max' ? Math.max(before, value) : before + value;
      limit[index] = (limit[index] ?? 0) + ownLimit;
      knowing[index] = (knowing[index] ?? 0) + 1;
      if (value > ownLimit) passing[index] = (passing[index] ?? 0) + 1;
    });
  }
  knowing.forEach((count, index) => {
    limit[index] = (limit[index] ?? 0) / count;
    if (merge !== 'max') score[index] = (score[index] ?? 0) / count;
  });
  const found = eachPasses ? {} : mcutThresholds(tags, score, mcut);
  const needed = merge === 'intersection' ? models.length : 1;

  const passed: PassedTag[] = [];
  let rating: { name: string; score: number } | undefined;
  score.forEach((value, index) => {
    const tag = tags[index];
    if (tag === undefined) return;
    if (tag.category === 'rating') {
      if (rating === undefined || value > rating.score) rating = { name: tag.name, score: value };
      return;
    }
    const kind = kindOf(tag);
    const passes = eachPasses ? (passing[index] ?? 0) >= needed : value > (found[kind] ?? limit[index] ?? 1);
    if (passes) passed.push({ name: tag.name, isCharacter: kind === 'character', score: value });
  });
  return { passed, rating: rating?.name };
}

/** The threshold that a tag has to pass: every category but character follows the general one. */
function kindOf(tag: ModelTag | undefined): keyof Thresholds {
  return tag?.category === 'character' ? 'character' : 'general';
}

/** Scores are 32-bit floats, and 0.85 is not one: unrounded, a score of "0.85" would be greater than 0.85. */
function rounded({ general, character }: Thresholds): Thresholds {
  return { general: Math.fround(general), character: Math.fround(character) };
}
