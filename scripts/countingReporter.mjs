// Mocha's `spec` reporter, which also writes the counts to a file for the script that adds the suites up.
import { appendFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format } from 'node:util';

// Mocha's bundled CommonJS build is the one that runs the tests; its classes must be the same ones.
const { reporters } = createRequire(import.meta.url)('mocha');

/** Prints as `spec` does; the file named by DATASET_CAPTIONS_TEST_RESULT gets the counts and the failures. */
class CountingReporter extends reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    const result = process.env.DATASET_CAPTIONS_TEST_RESULT;
    const log = process.env.DATASET_CAPTIONS_TEST_LOG;
    if (log !== undefined) {
      // In an extension host nobody sees the console.
      reporters.Base.consoleLog = (/** @type {unknown[]} */ ...args) => appendFileSync(log, `${format(...args)}\n`);
    }
    super(runner, options);
    /** @type {{ title: string, error: string }[]} */
    const failures = [];
    /** @type {string[]} */
    const retried = [];
    /** @type {Set<string>} */
    const failedOnce = new Set();
    runner.on('retry', (test, error) => {
      // Other random input does not make right what was wrong with this one.
      if (/^Property failed after/.test(error.message)) failures.push(failure(test, error));
      else failedOnce.add(test.fullTitle());
      reporters.Base.consoleLog(
        `    ! ${test.fullTitle()}: failed and is tried once more\n${error.stack ?? String(error)}`,
      );
    });
    runner.on('pass', (test) => {
      if (failedOnce.has(test.fullTitle())) retried.push(test.fullTitle());
    });
    runner.on('fail', (test, error) => {
      failures.push(failure(test, error));
    });
    runner.once('end', () => {
      if (result === undefined || runner.stats === undefined) return;
      const { passes, pending, failures: failedAtLast } = runner.stats;
      const passed = passes - (failures.length - failedAtLast);
      const counts = { passed, failed: failures.length, skipped: pending, failures, retried };
      writeFileSync(result, JSON.stringify(counts));
    });
  }
}

/**
 * @param {Mocha.Test} test
 * @param {Error} error
 */
function failure(test, error) {
  return { title: test.fullTitle(), error: error.stack ?? String(error) };
}

// Mocha takes a module's default export as the reporter.
export default CountingReporter;
