// Runs test suites with sizes of their own, for what takes too long for every test.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * @param {string} root of the repository
 * @param {string[]} suites such as `unit/jobRunner`
 * @param {Record<string, string>} sizes the environment that the suites read their sizes from
 * @param {string[]} options of mocha
 * @returns {Promise<{ passed: number, failed: number, skipped: number, seconds: number }>}
 */
export async function runSuites(root, suites, sizes, options = []) {
  execFileSync(process.execPath, ['esbuild.mjs', '--tests'], { cwd: root, stdio: ['ignore', 2, 2] });
  const scratch = mkdtempSync(path.join(tmpdir(), 'dataset-captions-soak-'));
  const resultFile = path.join(scratch, 'result.json');
  try {
    const begun = Date.now();
    const files = suites.map((suite) => `out/test/${suite}.test.js`);
    const args = [
      'node_modules/mocha/bin/mocha.js',
      '--reporter',
      'scripts/countingReporter.mjs',
      ...options,
      '--exit',
      ...files,
    ];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...sizes, DATASET_CAPTIONS_TEST_RESULT: resultFile },
      stdio: ['ignore', 2, 2],
    });
    const [code] = await once(child, 'close');
    const { passed, failed, skipped } = JSON.parse(readFileSync(resultFile, 'utf8'));
    if (code !== 0) process.exitCode = 1;
    return { passed, failed, skipped, seconds: Math.round((Date.now() - begun) / 1000) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
