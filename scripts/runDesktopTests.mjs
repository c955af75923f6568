// Runs the suites of test/host in a desktop VS Code: npm run test:desktop. It downloads that VS Code, and needs a screen
// (on Linux without one: xvfb-run npm run test:desktop). `npm test` runs the same suites in the VS Code server instead,
// which needs neither; this script has not been run yet where the project is developed, for lack of both.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { root, setup } from './setup.mjs';

await setup({ tests: true });
const scratch = await mkdtemp(path.join(tmpdir(), 'dataset-captions-desktop-'));
const folder = path.join(scratch, 'workspace');
await cp(path.join(root, 'test/fixtures/sample-dataset'), path.join(folder, 'sample-dataset'), { recursive: true });
try {
  process.exitCode = await runTests({
    extensionDevelopmentPath: [root, path.join(root, 'examples/api-example')],
    extensionTestsPath: path.join(root, 'out/test/host/index.js'),
    launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust', `--user-data-dir=${scratch}/user`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
