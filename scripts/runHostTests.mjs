// Runs the suites of test/host in the extension host of a real VS Code server. `npm test` builds them before.
import { existsSync, rmSync } from 'node:fs';
import { cp, mkdtemp, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { root, seconds } from './setup.mjs';
import { findChromium, installTestHost, startTestHost } from './testHost.mjs';

const log = (/** @type {string} */ line) => console.log(line);
const patience = 7 * 60_000;
const start = performance.now();

await installTestHost(log);
const executablePath = await findChromium(log);

const scratch = await mkdtemp(path.join(tmpdir(), 'dataset-captions-host-tests-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const folder = path.join(scratch, 'workspace');
await cp(path.join(root, 'test/fixtures/sample-dataset'), path.join(folder, 'sample-dataset'), { recursive: true });
// Beside it a folder of a file system that is no disk, which the helper beside the tests has.
const workspace = path.join(scratch, 'tests.code-workspace');
await writeFile(workspace, JSON.stringify({ folders: [{ path: 'workspace' }, { uri: 'memory:/pictures' }] }));
const result = process.env.DATASET_CAPTIONS_TEST_RESULT ?? path.join(scratch, 'result.json');
const report = path.join(scratch, 'report.txt');
/** What notifications say: tests in the extension host cannot ask for that. */
const told = path.join(scratch, 'told.txt');

log('Starting the VS Code server ...');
const host = await startTestHost({
  folder,
  extensionPaths: [root, path.join(root, 'examples/api-example'), path.join(root, 'test/host/helper')],
  env: {
    DATASET_CAPTIONS_TEST_RESULT: result,
    DATASET_CAPTIONS_TEST_LOG: report,
    DATASET_CAPTIONS_TEST_TOLD: told,
  },
});
const browser = await chromium.launch({
  executablePath,
  args: [
    ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    ...['--disable-sync', '--no-first-run'],
  ],
});
/** @type {string[]} */
const consoleLines = [];
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('console', (message) => consoleLines.push(message.text()));
  page.on('pageerror', (error) => consoleLines.push(String(error)));
  await page.goto(host.url(workspace, { testsPath: path.join(root, 'out/test/host/index.js') }));
  log(`The workbench is open (${seconds(performance.now() - start)}); the tests run in its extension host.`);
  process.exitCode = (await follow(page)) ? 0 : 1;
} finally {
  await browser.close();
  await host.stop();
}

/**
 * Prints what the tests report until their result is there; tells whether all passed.
 * @param {import('playwright-core').Page} page
 */
async function follow(page) {
  let shown = 0;
  const end = performance.now() + patience;
  for (;;) {
    const finished = existsSync(result);
    shown = await printFrom(shown);
    if (finished) return JSON.parse(await readFile(result, 'utf8')).failed === 0;
    if (performance.now() > end) break;
    const texts = await page.locator('.notification-list-item-message').allInnerTexts();
    await writeFile(told, texts.join('\n'));
    await sleep(200);
  }
  log(`The tests did not end within ${patience / 60_000} minutes. The last lines of the logs:`);
  log(consoleLines.slice(-30).join('\n'));
  log(host.log().split('\n').slice(-30).join('\n'));
  const logs = path.join(host.serverDataDir, 'data/logs');
  for (const file of await readdir(logs, { recursive: true }).catch(() => [])) {
    if (file.endsWith('remoteexthost.log')) log((await readFile(path.join(logs, file), 'utf8')).slice(-4000));
  }
  return false;
}

/** @param {number} position */
async function printFrom(position) {
  if (!existsSync(report)) return position;
  const file = await open(report);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(size - position), 0, size - position, position);
    process.stdout.write(buffer);
    return size;
  } finally {
    await file.close();
  }
}
