import type { CaptionOptions, Thresholds } from '../../protocol/tagging/captionOptions';
import { tagKind } from './mergedTags';

/** The threshold of character tags is never found below this; SmilingWolf's wd-tagger space has the same floor. */
export const lowestCharacterCut = Math.fround(0.15);

/**
 * The maximum cut threshold (MCut): the middle of the largest gap between neighbours of the sorted scores, the first
 * one from the top where several are equally large. Largeron, Moulin, Géry: "MCut: a thresholding strategy for
 * multi-label classification", 2012; as in SmilingWolf's wd-tagger space.
 * @param scores 0..1, in any order
 * @returns undefined for fewer than two scores, which have no gap
 */
export function mcutThreshold(scores: Float64Array): number | undefined {
  if (scores.length < 2) return undefined;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const score of scores) {
    lowest = Math.min(lowest, score);
    highest = Math.max(highest, score);
  }
  // Sorting is ten times slower. The largest gap is at least two bins wide, so it never lies within one.
  const bins = 2 * scores.length;
  const perBin = highest === lowest ? 0 : (bins - 1) / (highest - lowest);
  const lowestOf = new Float64Array(bins).fill(Infinity);
  const highestOf = new Float64Array(bins).fill(-Infinity);
  for (const score of scores) {
    const bin = Math.floor((score - lowest) * perBin);
    lowestOf[bin] = Math.min(lowestOf[bin] ?? Infinity, score);
    highestOf[bin] = Math.max(highestOf[bin] ?? -Infinity, score);
  }
  let largest = 0;
  let threshold = highest;
  let above = highest;
  for (let bin = bins - 1; bin >= 0; bin--) {
    const below = highestOf[bin] ?? -Infinity;
    if (below === -Infinity) continue;
    if (above - below > largest) {
      largest = above - below;
      threshold = (above + below) / 2;
    }
    above = lowestOf[bin] ?? below;
  }
  return threshold;
}

/**
 * The thresholds found in the scores, of the categories that `mcut` names.
 * @param kinds of each tag, as {@link tagKind}
 * @param scores one for each tag, 0..1
 */
export function mcutThresholds(
  kinds: Uint8Array,
  scores: ArrayLike<number>,
  mcut: CaptionOptions['mcut'],
): Partial<Thresholds> {
  const general = mcut.general ? mcutThreshold(scoresOf(tagKind.general, kinds, scores)) : undefined;
  const character = mcut.character ? mcutThreshold(scoresOf(tagKind.character, kinds, scores)) : undefined;
  return {
    ...(general === undefined ? {} : { general }),
    ...(character === undefined ? {} : { character: Math.max(lowestCharacterCut, character) }),
  };
}

function scoresOf(kind: number, kinds: Uint8Array, scores: ArrayLike<number>): Float64Array {
  const chosen = new Float64Array(kinds.length);
  let count = 0;
  for (let index = 0; index < kinds.length; index++) if (kinds[index] === kind) chosen[count++] = scores[index] ?? 0;
  return chosen.subarray(0, count);
}
