// Installs what the product is tested and tried in: the real VS Code server with its web workbench, and a browser.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { runNpm } from './childProcess.mjs';
import { findInPath, installDebianPackages, isProgram } from './debianPackages.mjs';
import { root, seconds } from './setup.mjs';

/** Where the server is installed. */
const home = path.join(root, '.test-host');
const server = path.join(home, 'node_modules/code-server/lib/vscode');

/** The folder of the extensions that come with VS Code. */
export const builtInExtensions = path.join(server, 'extensions');

/** The program that the server runs in, and the server's main script. */
export function testHostCommand() {
  const name = process.platform === 'win32' ? 'node.exe' : 'bin/node';
  const own = path.join(home, `node_modules/node-${process.platform}-${process.arch}`, name);
  if (existsSync(own)) return { node: own, script: path.join(server, 'out/server-main.js') };
  // Where no package brings Node, the one that runs this must do: the server needs 22 or newer.
  if (Number.parseInt(process.versions.node, 10) < 22) {
    throw new Error(
      `The test host needs Node.js 24 on ${process.platform}-${process.arch}; this is ${process.versions.node}.`,
    );
  }
  return { node: process.execPath, script: path.join(server, 'out/server-main.js') };
}

/**
 * Installs the VS Code server into .test-host/, unless this very version of it is there.
 * An install that was interrupted has no stamp and is done again from the start.
 * @param {(line: string) => void} log
 */
export async function installTestHost(log) {
  const source = path.join(root, 'test/test-host');
  const stamp = path.join(home, '.stamp');
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json', 'spdlog.cjs'])
    hash.update(await readFile(path.join(source, file)));
  const wanted = hash.update(`${process.platform}-${process.arch}`).digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;

  log('Installing the test host, the VS Code server, into .test-host/ (once, about 20 s and 900 MB) ...');
  const start = performance.now();
  await rm(stamp, { force: true });
  await mkdir(home, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    await copyFile(path.join(source, file), path.join(home, file));
  }
  // `npm ci` removes node_modules first, with whatever an interrupted run has left in it.
  await runNpm(['ci', '--ignore-scripts'], home);
  // The server's own dependencies are not part of its package; `npm ci` does not accept its lock file.
  const install = ['install', '--ignore-scripts', '--omit=dev'];
  log('Installing the dependencies of the VS Code server ...');
  await runNpm(install, server);
  await runNpm(install, builtInExtensions);
  await copyFile(path.join(source, 'spdlog.cjs'), path.join(server, 'node_modules/@vscode/spdlog/index.js'));
  await writeFile(stamp, wanted);
  log(`The test host is installed (${seconds(performance.now() - start)}).`);
}

// Each page of a browser with windows costs a window that nobody sees: without them a test takes half the time.
const chromiumNames = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
const chromiumApps = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Finds a Chromium, or installs Debian's where that is possible without asking.
 * @param {(line: string) => void} log
 * @returns {Promise<string>} its program file
 */
export async function findChromium(log) {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== '') {
    if (await isProgram(named)) return named;
    throw new Error(`The environment variable CHROMIUM names ${named}, which is not a program.`);
  }
  for (const name of [undefined, 'chromium-headless-shell', 'chromium']) {
    if (name !== undefined) await installDebianPackages('Chromium', [name, 'fonts-dejavu-core'], log);
    const found = await lookForChromium();
    if (found !== undefined) return found;
  }
  throw new Error(
    'The tests in the editor need Chromium or Google Chrome. Install one (Debian, Ubuntu: apt-get install chromium), ' +
      'or set the environment variable CHROMIUM to its program file.',
  );
}

async function lookForChromium() {
  for (const name of chromiumNames) {
    const file = await findInPath(name);
    if (file !== undefined) return file;
  }
  for (const file of process.platform === 'darwin' ? chromiumApps : []) {
    if (await isProgram(file)) return file;
  }
  return undefined;
}
