// Opens the product on a sample dataset, or on the folder given: npm start [-- folder]
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { run } from './childProcess.mjs';
import { root, setup } from './setup.mjs';
import { installTestHost, startTestHost } from './testHost.mjs';
import { findInPath } from './debianPackages.mjs';

const extensionPaths = [root, path.join(root, 'scripts/start-helper')];

try {
  const given = process.argv[2];
  if (given !== undefined) await checkFolder(given);
  await setup();
  const folder = given === undefined ? await sampleDataset() : path.resolve(given);
  const code = await findDesktop();
  if (code === undefined) await openInBrowser(folder);
  else await openOnDesktop(code, folder);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {string} folder */
async function checkFolder(folder) {
  const info = await stat(folder).catch(() => undefined);
  if (info === undefined) throw new Error(`There is no folder ${path.resolve(folder)}.`);
  if (!info.isDirectory()) throw new Error(`${path.resolve(folder)} is not a folder.`);
}

/** A copy of the sample dataset to play with; what somebody did to it earlier stays. */
async function sampleDataset() {
  const copy = path.join(root, '.sample/sample-dataset');
  const shown = path.relative(process.cwd(), copy);
  if (existsSync(copy)) {
    console.log(`> Keeping the sample dataset in ${shown} as it is. To start afresh, delete that folder first.`);
    return copy;
  }
  console.log(`> Copying the sample dataset to ${shown}`);
  // Under its name it is always complete, even if this is interrupted.
  const unfinished = `${copy}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(path.dirname(copy), { recursive: true });
  await cp(path.join(root, 'test/fixtures/sample-dataset'), unfinished, { recursive: true });
  await rename(unfinished, copy);
  return copy;
}

/** The desktop VS Code where there is one and a screen for it. */
async function findDesktop() {
  const wish = process.env.DATASET_CAPTIONS_HOST;
  if (wish !== undefined && wish !== '' && wish !== 'desktop' && wish !== 'browser') {
    throw new Error(`DATASET_CAPTIONS_HOST is ${wish}; it may be "desktop" or "browser".`);
  }
  if (wish === 'browser') return undefined;
  const code = await findInPath(process.platform === 'win32' ? 'code.cmd' : 'code');
  if (wish === 'desktop') {
    if (code === undefined) throw new Error('DATASET_CAPTIONS_HOST is "desktop", but no `code` is in PATH.');
    return code;
  }
  const hasScreen =
    process.platform === 'darwin' ||
    process.platform === 'win32' ||
    Boolean(process.env.DISPLAY) ||
    Boolean(process.env.WAYLAND_DISPLAY);
  return hasScreen ? code : undefined;
}

/**
 * @param {string} code
 * @param {string} folder
 */
async function openOnDesktop(code, folder) {
  console.log(`> Opening ${folder} in the desktop VS Code`);
  console.log('  (DATASET_CAPTIONS_HOST=browser npm start serves it to a browser instead.)');
  const args = [...extensionPaths.map((extension) => `--extensionDevelopmentPath=${extension}`), folder];
  const shell = process.platform === 'win32';
  const result = await run(shell ? `"${code}"` : code, shell ? args.map((arg) => `"${arg}"`) : args, { shell });
  if (result.code !== 0) throw new Error(`VS Code ended with exit code ${result.code}.`);
}

/** @param {string} folder */
async function openInBrowser(folder) {
  await installTestHost((line) => console.log(`> ${line}`));
  console.log('> Starting the VS Code server');
  const host = await startTestHost({ folder, extensionPaths, allBuiltIn: true });
  console.log(
    `> ${folder} opens as a dataset at this address; on a remote machine, forward port ${host.port} to the same port of yours.`,
  );
  console.log('  Ctrl+C ends the server.');
  console.log(`Open ${host.url()}`);
}
