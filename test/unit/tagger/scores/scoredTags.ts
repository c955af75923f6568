import {
  defaultCaptionOptions,
  type CaptionOptions,
  type EnsembleMerge,
  type Thresholds,
} from '../../../../src/protocol/tagging/captionOptions';
import { scoresToTags } from '../../../../src/tagger/scores/scoresToTags';
import type { ScoredModel } from '../../../../src/tagger/scores/mergeScores';
import type { ModelTag, TagCategory } from '../../../../src/tagger/inference/selectedTags';

/** A tag with its score and, where it is not general, its category. */
export type ScoredTag = [name: string, score: number, category?: TagCategory];

/** A model that gives these scores. */
export function model(scored: ScoredTag[], thresholds: Partial<Thresholds> = {}): ScoredModel {
  const tags: ModelTag[] = scored.map(([name, , category = 'general']) => ({ name, category }));
  const scores = Float32Array.from(scored, ([, score]) => score);
  return { tags, scores, thresholds: { general: 0.35, character: 0.85, ...thresholds } };
}

/** The caption that one model's scores become, everything but `options` as usual. */
export function caption(scored: ScoredTag[], options: Partial<CaptionOptions> = {}): string {
  return ensembleCaption([model(scored)], 'mean', options);
}

/** The caption that the scores of several models become. */
export function ensembleCaption(
  models: ScoredModel[],
  merge: EnsembleMerge,
  options: Partial<CaptionOptions> = {},
): string {
  return scoresToTags(models, merge, { ...defaultCaptionOptions, ...options }).tags.join(', ');
}
