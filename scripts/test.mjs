// All checks and tests: npm test [-- --only unit,browser] [--grep text]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { run } from './childProcess.mjs';
import { root, seconds, setup } from './setup.mjs';
import { findChromium } from './testHostInstall.mjs';

const timeLimit = 10 * 60_000;
const scratch = mkdtempSync(path.join(tmpdir(), 'dataset-captions-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const node = process.execPath;
const npmScript = (/** @type {string} */ file, /** @type {string[]} */ ...args) => [
  node,
  `node_modules/${file}`,
  ...args,
];

/**
 * A check passes or fails as a whole; a suite counts its tests.
 * @type {{ name: string, kind: 'check' | 'suite', commands: string[][] }[]}
 */
const parts = [
  {
    name: 'typecheck',
    kind: 'check',
    commands: ['tsconfig.json', 'src/webview/tsconfig.json'].map((p) => npmScript('typescript/bin/tsc', '-p', p)),
  },
  { name: 'lint', kind: 'check', commands: [npmScript('eslint/bin/eslint.js', '.', '--max-warnings', '0')] },
  { name: 'format', kind: 'check', commands: [npmScript('prettier/bin/prettier.cjs', '--check', '.')] },
  { name: 'commands', kind: 'check', commands: [[node, 'scripts/checkCommands.mjs']] },
  { name: 'unit', kind: 'suite', commands: [mocha('unit')] },
  { name: 'host', kind: 'suite', commands: [[node, 'scripts/runHostTests.mjs']] },
  { name: 'browser', kind: 'suite', commands: [mocha('browser')] },
];

/** @param {string} suite */
function mocha(suite) {
  const options = ['--reporter', 'scripts/countingReporter.mjs', '--timeout', suite === 'unit' ? '20000' : '120000'];
  return npmScript('mocha/bin/mocha.js', ...options, '--exit', `out/test/${suite}/**/*.test.js`);
}

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const summary = [];
const start = performance.now();

try {
  const { only, grep } = readArguments();
  await setup({ tests: true });
  for (const part of parts) {
    if (only === undefined || only.includes(part.name)) await runPart(part, grep);
  }
} catch (error) {
  // Without its dependencies or its bundles nothing could run: that is one failure.
  console.error(error instanceof Error ? error.message : error);
  total.failed++;
}
console.log(`\n${summary.join('\n')}\n\nAll of it took ${seconds(performance.now() - start)}.`);
process.exitCode = total.failed === 0 ? 0 : 1;
// This stays the last line: whoever counts the results reads it.
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

function readArguments() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' } } });
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no part ${unknown}; there are ${parts.map(({ name }) => name).join(', ')}.`);
  }
  return { only, grep: values.grep };
}

/**
 * @param {(typeof parts)[number]} part
 * @param {string | undefined} grep
 */
async function runPart({ name, kind, commands }, grep) {
  console.log(`\n=== ${name}`);
  const begin = performance.now();
  const resultFile = path.join(scratch, `${name}.json`);
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, DATASET_CAPTIONS_TEST_RESULT: resultFile };
  if (grep !== undefined) env.DATASET_CAPTIONS_TEST_GREP = grep;
  // The suites that need a browser agree on one, which is installed where that is possible.
  if (name === 'browser') await findChromium(console.log).then((file) => (env.CHROMIUM = file), console.error);
  let code = 0;
  let timedOut = false;
  for (const [command = node, ...args] of commands) {
    const isMocha = kind === 'suite' && args[0]?.includes('mocha');
    const ended = await run(command, [...args, ...(isMocha && grep !== undefined ? ['--grep', grep] : [])], {
      cwd: root,
      env,
      timeLimit,
    });
    code ||= ended.code;
    timedOut ||= ended.timedOut;
  }
  const counts = count(kind, code, timedOut, resultFile);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (timedOut) console.log(`${name} was ended: it took longer than ${timeLimit / 60_000} minutes.`);
  const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  const took = seconds(performance.now() - begin);
  console.log(`=== ${name}: ${line} (${took})`);
  summary.push(`${name.padEnd(10)} ${line} (${took})`);
}

/**
 * @param {'check' | 'suite'} kind
 * @param {number} code
 * @param {boolean} timedOut
 * @param {string} resultFile
 */
function count(kind, code, timedOut, resultFile) {
  if (kind === 'check') return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  try {
    const { passed, failed, skipped } = JSON.parse(readFileSync(resultFile, 'utf8'));
    // A suite that ended badly after its last test, or was ended, did not pass.
    return { passed, failed: failed === 0 && (code !== 0 || timedOut) ? 1 : failed, skipped };
  } catch {
    // It crashed, or never came to its first test.
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
