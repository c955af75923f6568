import type { CaptionOptions, EnsembleMerge, Thresholds } from '../../protocol/tagging/captionOptions';
import { mcutThresholds } from './mcutThreshold';
import { mergedTags, tagKind } from './mergedTags';
import type { ModelTag } from '../inference/selectedTags';

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
 * - `union`, `intersection`: MCut looks at the scores of each model. A tag that one of the models does not know is
 *   never part of the intersection.
 * @param mcut the categories whose threshold is found in the scores
 */
export function mergeScores(
  models: readonly ScoredModel[],
  merge: EnsembleMerge,
  mcut: CaptionOptions['mcut'],
): MergedScores {
  const { tags, kinds, ownKinds, outputs } = mergedTags(models.map((model) => model.tags));
  const score = new Float64Array(tags.length);
  const limit = new Float64Array(tags.length);
  const knowing = new Uint8Array(tags.length);
  const passing = new Uint8Array(tags.length);
  const eachPasses = merge === 'union' || merge === 'intersection';
  for (const [model, { scores, thresholds }] of models.entries()) {
    const output = outputs[model] ?? [];
    const found = eachPasses ? mcutThresholds(ownKinds[model] ?? kinds, scores, mcut) : {};
    const { general, character } = { ...rounded(thresholds), ...found };
    // Plain loops over numbers: all scores of all models are looked at, for every image.
    for (let index = 0; index < kinds.length; index++) {
      const row = output[index] ?? -1;
      if (row === -1) continue;
      const value = scores[row] ?? 0;
      const ownLimit = kinds[index] === tagKind.character ? character : general;
      const before = score[index] ?? 0;
      score[index] = merge === 'max' ? Math.max(before, value) : before + value;
      limit[index] = (limit[index] ?? 0) + ownLimit;
      knowing[index] = (knowing[index] ?? 0) + 1;
      if (value > ownLimit) passing[index] = (passing[index] ?? 0) + 1;
    }
  }
  for (let index = 0; index < kinds.length; index++) {
    const count = knowing[index] ?? 1;
    limit[index] = (limit[index] ?? 0) / count;
    if (merge !== 'max') score[index] = (score[index] ?? 0) / count;
  }
  const found = eachPasses ? {} : mcutThresholds(kinds, score, mcut);
  const needed = merge === 'intersection' ? models.length : 1;

  const passed: PassedTag[] = [];
  let rating: { name: string; score: number } | undefined;
  for (const [index, kind] of kinds.entries()) {
    const value = score[index] ?? 0;
    const isCharacter = kind === tagKind.character;
    const foundLimit = isCharacter ? found.character : found.general;
    const name = (): string => tags[index]?.name ?? '';
    if (kind === tagKind.rating) {
      if (rating === undefined || value > rating.score) rating = { name: name(), score: value };
    } else if (eachPasses ? (passing[index] ?? 0) >= needed : value > (foundLimit ?? limit[index] ?? 1)) {
      passed.push({ name: name(), isCharacter, score: value });
    }
  }
  return { passed, rating: rating?.name };
}

/** Scores are 32-bit floats, and 0.85 is not one: unrounded, a score of "0.85" would be greater than 0.85. */
function rounded({ general, character }: Thresholds): Thresholds {
  return { general: Math.fround(general), character: Math.fround(character) };
}
