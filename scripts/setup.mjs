// Makes a fresh clone ready. Nothing is installed yet when this is loaded: only Node's own modules may be imported.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { run, runNpm } from './childProcess.mjs';

/** The root of the checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Does one step and says how long it took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
export async function step(name, work) {
  console.log(`> ${name}`);
  const start = performance.now();
  const result = await work();
  console.log(`  done in ${seconds(performance.now() - start)}`);
  return result;
}

/**
 * A time to show.
 * @param {number} milliseconds
 */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Installs the dependencies where needed and builds the product.
 * @param {{ tests?: boolean }} [options] `tests`: build the test suites too
 */
export async function setup({ tests = false } = {}) {
  // The product's tools run on 20.9; mocha and eslint load ES modules with require(), which came with 20.19.
  checkNode(tests ? [20, 19] : [20, 9]);
  if (await isInstalled()) console.log('> The dependencies are installed already.');
  else {
    // Native packages bring ready-made binaries: no install script is needed.
    await step('Installing the dependencies (npm ci)', () => runNpm(['ci', '--ignore-scripts'], root));
  }
  await step(tests ? 'Building the extension and its tests' : 'Building the extension', async () => {
    const { code } = await run(process.execPath, ['esbuild.mjs', ...(tests ? ['--tests'] : [])], { cwd: root });
    if (code !== 0) throw new Error('The build failed; its output is above.');
    if (!existsSync(path.join(root, 'dist/extension.js'))) throw new Error('The build made no dist/extension.js.');
  });
}

/** Whether node_modules holds what package-lock.json names: npm writes down there what it put, as its last step. */
async function isInstalled() {
  const read = async (/** @type {string} */ file) => JSON.parse(await readFile(path.join(root, file), 'utf8')).packages;
  const wanted = await read('package-lock.json');
  const found = await read('node_modules/.package-lock.json').catch(() => ({}));
  return Object.entries(wanted).every(([name, { version, optional, devOptional }]) => {
    // Optional packages are for one platform each; only those that are there can be compared.
    if (found[name] === undefined) return name === '' || optional === true || devOptional === true;
    return found[name].version === version;
  });
}

/** @param {readonly [number, number]} minimum */
function checkNode([major, minor]) {
  const [haveMajor = 0, haveMinor = 0] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  throw new Error(
    `Node.js ${major}.${minor} or newer is needed; this is ${process.versions.node} (${process.execPath}). ` +
      'Install a newer one from https://nodejs.org and try again.',
  );
}
