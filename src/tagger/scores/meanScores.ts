import { mergedTags } from './mergedTags';
import type { ScoredModel } from './mergeScores';

/**
 * The scores of several models as one list, tags matched by name: for each the mean of the models that know it.
 * @param models at least one
 * @returns raw names of the tags and their scores, 0..1, in the same order; a single model's own
 */
export function meanScores(models: readonly Pick<ScoredModel, 'tags' | 'scores'>[]): {
  names: string[];
  scores: Float32Array;
} {
  const { tags, outputs } = mergedTags(models.map((model) => model.tags));
  const scores = Float32Array.from(tags, (_, tag) => {
    let sum = 0;
    let knowing = 0;
    for (const [index, model] of models.entries()) {
      const output = outputs[index]?.[tag] ?? -1;
      if (output === -1) continue;
      sum += model.scores[output] ?? 0;
      knowing++;
    }
    return sum / knowing;
  });
  return { names: tags.map(({ name }) => name), scores };
}
