// All fuzzers for as long as is asked, 60 s each: npm run soak -- fuzz [--seconds N]
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

const suites = ['unit/fuzzTexts', 'unit/fuzzMessages', 'unit/fuzzImages'];

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<Record<string, number | string>>}
 */
export async function measure({ root, seconds }) {
  const sizes = { DATASET_CAPTIONS_FUZZ_SECONDS: String(seconds) };
  const result = await runSuites(root, suites, sizes, ['--parallel', '--jobs', String(suites.length)]);
  return { 'seconds for each fuzzer': seconds, ...result };
}

/** @param {any} result */
export function describe(result) {
  return table([result]);
}
