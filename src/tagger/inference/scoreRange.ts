/** How far a score may be outside of 0..1 and still be accepted: some execution providers have rounding errors. */
const tolerance = 0.01;

/** What is wrong with the scores of an image: some are NaN or infinite, or they are no probabilities. */
export type ScoreProblem = { kind: 'noNumbers' } | { kind: 'outOfRange'; lowest: number; highest: number };

/**
 * What is wrong with the scores that a model gave for an image; undefined if all are numbers from 0 to 1. Scores that
 * are no numbers pass no threshold, so they would look like an image without tags; a model without its last sigmoid
 * would put nonsense into thousands of captions.
 */
export function scoreProblem(scores: Float32Array): ScoreProblem | undefined {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const score of scores) {
    if (!Number.isFinite(score)) return { kind: 'noNumbers' };
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  return lowest >= -tolerance && highest <= 1 + tolerance ? undefined : { kind: 'outOfRange', lowest, highest };
}

/** Whether all scores are numbers, neither NaN nor infinite. */
export function areNumbers(scores: Float32Array): boolean {
  return scores.every(Number.isFinite);
}
