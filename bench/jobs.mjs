// The long versions of the tests of jobs: 50 kills at random moments, 2,000 captions reverted, every fault of the disk at
// every call, 2,000 images in a window that is closed. npm run soak -- jobs
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { table } from './measure.mjs';

const sizes = {
  DATASET_CAPTIONS_KILLS: '50',
  DATASET_CAPTIONS_REVERTED: '2000',
  DATASET_CAPTIONS_FAULTS: 'all',
  DATASET_CAPTIONS_JOB_IMAGES: '2000',
};
const suites = ['unit/jobRunner', 'unit/revertJob', 'unit/diskFaults', 'browser/jobs'];

/**
 * @param {{ root: string }} options
 * @returns {Promise<Record<string, number | string>>}
 */
export async function measure({ root }) {
  execFileSync(process.execPath, ['esbuild.mjs', '--tests'], { cwd: root, stdio: ['ignore', 2, 2] });
  const scratch = mkdtempSync(path.join(tmpdir(), 'dataset-captions-soak-'));
  const resultFile = path.join(scratch, 'result.json');
  try {
    const begun = Date.now();
    const files = suites.map((suite) => `out/test/${suite}.test.js`);
    const args = ['node_modules/mocha/bin/mocha.js', '--reporter', 'scripts/countingReporter.mjs', '--exit', ...files];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...sizes, DATASET_CAPTIONS_TEST_RESULT: resultFile },
      stdio: ['ignore', 2, 2],
    });
    const [code] = await once(child, 'close');
    const { passed, failed, skipped } = JSON.parse(readFileSync(resultFile, 'utf8'));
    if (code !== 0) process.exitCode = 1;
    return { kills: 50, reverted: 2000, passed, failed, skipped, seconds: Math.round((Date.now() - begun) / 1000) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {any} result */
export function describe(result) {
  return table([result]);
}
