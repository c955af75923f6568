import { pathToFileURL } from 'node:url';
import path from 'node:path';

/** The root of the checkout: this file is bundled into out/test/host/index.js. */
const root = path.resolve(__dirname, '../../..');

/** Runs the suites in the extension host; VS Code calls it because the `extensionTestsPath` names this file. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const reporterFile = pathToFileURL(path.join(root, 'scripts/countingReporter.mjs')).href;
  const { default: reporter } = (await import(reporterFile)) as { default: Mocha.ReporterConstructor };
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, retries: 1, color: false, reporter });
  const grep = process.env.DATASET_CAPTIONS_TEST_GREP;
  if (grep !== undefined && grep !== '') mocha.grep(grep);

  // `describe` and `it` come to be here; the suites are loaded after that, which is why nothing imports them above.
  mocha.suite.emit('pre-require', globalThis, 'global', mocha);
  await import('./activation.host');
  await import('./dataset.host');
  await import('./virtualFolder.host');
  await import('./api.host');
  await import('./tools.host');

  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
