import type { CaptionOptions, Thresholds } from '../../protocol/tagging/captionOptions';
import { tagKind } from './mergedTags';

/** Lower limit of the automatic threshold for character tags, the same as in SmilingWolf's wd-tagger space. */
export const minCharacterThreshold = Math.fround(0.15);

/**
 * The maximum cut threshold (MCut): the middle of the largest gap between adjacent sorted scores; of equally large
 * gaps, the one with the highest scores. Largeron, Moulin, Géry: "MCut: a thresholding strategy for multi-label
 * classification", 2012; as in SmilingWolf's wd-tagger space.
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
  // Binning is ten times faster than sorting. The largest gap is at least two bins wide, so it never lies within one
  // bin.
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
 * The MCut thresholds of the categories that `mcut` enables.
 * @param kinds kind of each tag, see {@link tagKind}
 * @param scores score of each tag, 0..1
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
    ...(character === undefined ? {} : { character: Math.max(minCharacterThreshold, character) }),
  };
}

function scoresOf(kind: number, kinds: Uint8Array, scores: ArrayLike<number>): Float64Array {
  const chosen = new Float64Array(kinds.length);
  let count = 0;
  for (let index = 0; index < kinds.length; index++) if (kinds[index] === kind) chosen[count++] = scores[index] ?? 0;
  return chosen.subarray(0, count);
}
