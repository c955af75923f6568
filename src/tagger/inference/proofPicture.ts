import * as l10n from '@vscode/l10n';
import type { ModelContract } from './modelContract';

/**
 * The maximum difference to the scores of the CPU. Rounding differs in the order of 0.001, a wrong result by much more.
 */
const tolerance = 0.005;

/**
 * A picture that is the same everywhere: colour gradients with a disc and stripes, so that a tagger has something to
 * score.
 * @returns BGR, 0..255, `size` x `size` x 3 whole numbers in the model's layout
 */
export function proofPicture({ size, channelsLast }: Pick<ModelContract, 'size' | 'channelsLast'>): Float32Array {
  const values = new Float32Array(size * size * 3);
  const plane = size * size;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const disc = Math.hypot(x - size * 0.45, y - size * 0.4) < size * 0.25;
      const stripe = y > size * 0.75 && Math.floor((x * 16) / size) % 2 === 0;
      const [blue, green, red] = disc
        ? [150, 190, 245]
        : stripe
          ? [20, 20, 20]
          : [Math.round((x * 255) / size), 120, Math.round((y * 255) / size)];
      const pixel = y * size + x;
      [blue, green, red].forEach((value, channel) => {
        values[channelsLast ? pixel * 3 + channel : channel * plane + pixel] = value;
      });
    }
  }
  return values;
}

/** How a provider's scores compare with those of the CPU for the same picture. */
export interface Agreement {
  largestDifference: number;
  /** why the provider must not be used; undefined when it agrees */
  problem: string | undefined;
}

/**
 * Compares scores, 0..1, of the same tags.
 * @param scores of the provider
 * @param reference of the CPU
 */
export function compareScores(scores: Float32Array, reference: Float32Array): Agreement {
  let largest = 0;
  let broken = scores.length !== reference.length;
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs((scores[i] ?? NaN) - (reference[i] ?? NaN));
    if (Number.isNaN(difference)) broken = true;
    else largest = Math.max(largest, difference);
  }
  // Where all scores are small, zeros for every tag would be within the tolerance.
  const silent = allEqual(scores) && !allEqual(reference);
  let problem: string | undefined;
  if (broken) problem = l10n.t('It computes scores that are no numbers.');
  else if (silent) problem = l10n.t('It computes the same score for every tag.');
  else if (largest > tolerance)
    problem = l10n.t('Its scores differ from those of the CPU by up to {0}.', largest.toFixed(3));
  return { largestDifference: largest, problem };
}

function allEqual(values: Float32Array): boolean {
  return values.every((value) => value === values[0]);
}
