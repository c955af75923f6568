// Two machines with one home folder, 10 minutes at random: windows, runners and command lines that start, cancel, remove and
// resume jobs, while processes are killed and suspended and machines and containers restarted. npm run soak -- machines
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

const usualSeconds = 60;
const soakSeconds = 600;

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<Record<string, number | string>>}
 */
export async function measure({ root, seconds }) {
  const length = seconds === usualSeconds ? soakSeconds : seconds;
  const seed = Math.floor(Math.random() * 1e6);
  const sizes = { DATASET_CAPTIONS_MACHINES_SECONDS: String(length), DATASET_CAPTIONS_MACHINES_SEED: String(seed) };
  return { length, seed, ...(await runSuites(root, ['unit/machines'], sizes)) };
}

/** @param {any} result */
export function describe(result) {
  return table([result]);
}
