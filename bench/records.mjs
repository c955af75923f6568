// Records of who wrote what, as they survive: 1,000 random sequences of edits, jobs and other programs, and 50 kills of a
// window, a runner and a command line while they write. npm run soak -- records
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

const sizes = { DATASET_CAPTIONS_RECORD_RUNS: '1000', DATASET_CAPTIONS_RECORD_KILLS: '50' };

/**
 * @param {{ root: string }} options
 * @returns {Promise<Record<string, number | string>>}
 */
export async function measure({ root }) {
  return runSuites(root, ['unit/recordSequences', 'unit/recordKills'], sizes);
}

/** @param {any} result */
export function describe(result) {
  return table([result]);
}
