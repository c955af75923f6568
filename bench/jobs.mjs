// The long versions of the tests of jobs: 50 kills at random moments, 10 of a captioner that has 500 images, 2,000 captions
// reverted, every fault of the disk at every call, 2,000 images in a window that is closed. npm run soak -- jobs
import { table } from './measure.mjs';
import { runSuites } from './runSuites.mjs';

const sizes = {
  DATASET_CAPTIONS_KILLS: '50',
  DATASET_CAPTIONS_CAPTIONER_KILLS: '10',
  DATASET_CAPTIONS_CAPTIONER_IMAGES: '500',
  DATASET_CAPTIONS_REVERTED: '2000',
  DATASET_CAPTIONS_FAULTS: 'all',
  DATASET_CAPTIONS_JOB_IMAGES: '2000',
};
const suites = ['unit/jobRunner', 'unit/captionerKills', 'unit/revertJob', 'unit/diskFaults', 'browser/jobs'];

/**
 * @param {{ root: string }} options
 * @returns {Promise<Record<string, number | string>>}
 */
export async function measure({ root }) {
  return { kills: 50, reverted: 2000, ...(await runSuites(root, suites, sizes)) };
}

/** @param {any} result */
export function describe(result) {
  return table([result]);
}
