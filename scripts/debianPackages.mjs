// Installs what tests need and no package of npm has, where that is possible without asking.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { run } from './childProcess.mjs';
import { seconds } from './setup.mjs';

/** One at a time: the package manager has one lock. @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Installs packages of Debian or Ubuntu, if this is one and the user may.
 * @param {string} what for the log
 * @param {string[]} packages
 * @param {(line: string) => void} log
 * @returns {Promise<void>} also where nothing could be installed: whoever needs it looks for it
 */
export function installDebianPackages(what, packages, log) {
  const installed = last.then(() => install(what, packages, log));
  last = installed.catch(() => undefined);
  return installed;
}

/**
 * @param {string} what
 * @param {string[]} packages
 * @param {(line: string) => void} log
 */
async function install(what, packages, log) {
  const isRoot = process.getuid?.() === 0;
  const apt = await findInPath('apt-get');
  if (apt === undefined || !(isRoot || (await mayBecomeRoot()))) return;
  log(`No ${what} found: installing the one of this Linux distribution ...`);
  const start = performance.now();
  // The run level keeps a server from being started by its installation.
  const settings = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const env = { ...process.env, ...settings };
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const aptGet = (/** @type {string[]} */ ...args) =>
    isRoot ? run(apt, args, { env }) : run('sudo', ['-n', ...given, apt, ...args], { env });
  await aptGet('update', '-q');
  const { code } = await aptGet('install', '-y', '-q', '--no-install-recommends', ...packages);
  if (code === 0) log(`${what} is installed (${seconds(performance.now() - start)}).`);
}

/** @param {string} name a program that may be in PATH */
export async function findInPath(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (folder !== '' && (await isProgram(file))) return file;
  }
  return undefined;
}

/** @param {string} file */
export async function isProgram(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function mayBecomeRoot() {
  if ((await findInPath('sudo')) === undefined) return false;
  const { code } = await run('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return code === 0;
}
