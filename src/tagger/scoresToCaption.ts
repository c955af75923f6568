import type { CaptionOptions, Thresholds } from '../protocol/captionOptions';
import type { ModelTag } from './selectedTags';

/** Tags that are faces: their underscores are eyes or mouths and stay. The list of SmilingWolf's wd-tagger space. */
const kaomoji = new Set(
  '0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(' '),
);

/**
 * The caption for a model's scores: the tags whose score is greater than their category's threshold, the surest first,
 * with spaces for underscores. Ratings are never part of it; tags of categories other than character
 * follow the general threshold.
 * @param scores one for each tag, 0..1, in the order of `tags`
 */
export function scoresToCaption(
  tags: readonly ModelTag[],
  scores: Float32Array,
  thresholds: Thresholds,
  options: CaptionOptions,
): string[] {
  // Scores are 32-bit floats, and 0.85 is not one: unrounded, a score of "0.85" would be greater than 0.85.
  const general = Math.fround(thresholds.general);
  const character = Math.fround(thresholds.character);
  const excluded = new Set(options.excludedTags.map(comparable));
  const kept: { name: string; score: number }[] = [];
  tags.forEach(({ name, category }, index) => {
    const score = scores[index] ?? 0;
    if (category === 'rating' || excluded.has(comparable(name))) return;
    if (score > (category === 'character' ? character : general)) kept.push({ name, score });
  });
  // Array.sort is stable: equal scores stay in the model's order.
  kept.sort((a, b) => b.score - a.score);
  return kept.map(({ name }) => (kaomoji.has(name) ? name : name.replaceAll('_', ' ')));
}

function comparable(tag: string): string {
  return tag.trim().replaceAll('_', ' ').toLowerCase();
}
