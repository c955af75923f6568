import { mergedTags } from './mergedTags';
import type { ScoredModel } from './mergeScores';

/**
 * Combines the scores of several models. Tags are matched by name; a tag's score is the mean over the models that know
 * it.
 * @param models at least one
 * @returns raw tag names and their scores, 0..1, in the same order; for a single model, its own lists
 */
export function meanScores(models: readonly Pick<ScoredModel, 'tags' | 'scores'>[]): {
  names: string[];
  scores: Float32Array;
} {
  const { tags, outputs } = mergedTags(models.map((model) => model.tags));
  const scores = Float32Array.from(tags, (_, tag) => {
    let sum = 0;
    let modelsWithTag = 0;
    for (const [index, model] of models.entries()) {
      const output = outputs[index]?.[tag] ?? -1;
      if (output === -1) continue;
      sum += model.scores[output] ?? 0;
      modelsWithTag++;
    }
    return sum / modelsWithTag;
  });
  return { names: tags.map(({ name }) => name), scores };
}
