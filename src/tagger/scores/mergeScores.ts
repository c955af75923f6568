import type { CaptionOptions, EnsembleMerge, Thresholds } from '../../protocol/tagging/captionOptions';
import { mcutThresholds } from './mcutThreshold';
import { mergedTags, tagKind } from './mergedTags';
import type { ModelTag } from '../inference/selectedTags';

/** The output of one model for an image. */
export interface ScoredModel {
  /** the array object that the model was loaded with: results are cached by identity */
  tags: readonly ModelTag[];
  /** score of each tag, 0..1 */
  scores: Float32Array;
  thresholds: Thresholds;
}

/** A tag whose score passed its threshold. */
export interface PassedTag {
  /** raw name of the tag in the model */
  name: string;
  isCharacter: boolean;
  /** mean score of the models that know the tag, or for `max` the highest; 0..1 */
  score: number;
}

/** The combined output of all models. */
export interface MergedScores {
  /** in the order of the merged tag list */
  passed: PassedTag[];
  /** raw name of the rating with the highest score; undefined when no model has ratings */
  rating: string | undefined;
}

/**
 * Merges the scores of several models, matching tags by name ({@link EnsembleMerge} describes the modes), and selects
 * the tags whose scores are greater than their thresholds. With one model, all modes give the same result.
 * - `mean`, `max`: models that do not know a tag are ignored for it. MCut uses the merged scores.
 * - `union`, `intersection`: MCut uses the scores of each model. A tag that one of the models does not know is never
 *   part of the intersection.
 * @param mcut the categories with an automatic threshold
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
    // Plain loops over numbers: this runs over all scores of all models for every image.
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

/** Thresholds as 32-bit floats, like the scores: as a float, a score of 0.85 would be greater than the double 0.85. */
function rounded({ general, character }: Thresholds): Thresholds {
  return { general: Math.fround(general), character: Math.fround(character) };
}
