import type { CaptionOptions, Thresholds } from '../protocol/captionOptions';
import type { ModelTag } from './selectedTags';

/** The threshold of character tags is never found below this; SmilingWolf's wd-tagger space has the same floor. */
export const lowestCharacterCut = Math.fround(0.15);

/**
 * The maximum cut threshold (MCut): the middle of the largest gap between neighbours of the sorted scores, the first one
 * from the top where several are equally large. Largeron, Moulin, Géry: "MCut: a thresholding strategy for multi-label
 * classification", 2012; as in SmilingWolf's wd-tagger space.
 * @param scores 0..1, in any order
 * @returns undefined for fewer than two scores, which have no gap
 */
export function mcutThreshold(scores: Float64Array): number | undefined {
  if (scores.length < 2) return undefined;
  const ascending = scores.toSorted();
  let largest = -1;
  let threshold = 0;
  let above = ascending[ascending.length - 1] ?? 0;
  for (let index = ascending.length - 2; index >= 0; index--) {
    const below = ascending[index] ?? 0;
    if (above - below > largest) {
      largest = above - below;
      threshold = (above + below) / 2;
    }
    above = below;
  }
  return threshold;
}

/**
 * The thresholds found in the scores, of the categories that `mcut` names. Categories other than character and rating
 * count as general.
 * @param scores one for each tag, 0..1
 */
export function mcutThresholds(
  tags: readonly ModelTag[],
  scores: ArrayLike<number>,
  mcut: CaptionOptions['mcut'],
): Partial<Thresholds> {
  const general = mcut.general ? mcutThreshold(scoresOf(tags, scores, false)) : undefined;
  const character = mcut.character ? mcutThreshold(scoresOf(tags, scores, true)) : undefined;
  return {
    ...(general === undefined ? {} : { general }),
    ...(character === undefined ? {} : { character: Math.max(lowestCharacterCut, character) }),
  };
}

function scoresOf(tags: readonly ModelTag[], scores: ArrayLike<number>, ofCharacters: boolean): Float64Array {
  const chosen = new Float64Array(tags.length);
  let count = 0;
  for (const [index, { category }] of tags.entries()) {
    if (category !== 'rating' && (category === 'character') === ofCharacters) chosen[count++] = scores[index] ?? 0;
  }
  return chosen.subarray(0, count);
}
