// Starts the product in the real VS Code server and its web workbench. docs/contributing.md says more.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { startGroup, stopGroup } from './childProcess.mjs';
import { makeExtensionsFolder } from './package/installedPackage.mjs';
import { root } from './setup.mjs';
import { builtInExtensions, installTestHost, testHostCommand } from './testHostInstall.mjs';

export { findChromium, installTestHost } from './testHostInstall.mjs';

/** Settings that keep the workbench quiet: nothing opens, asks, recommends or downloads by itself. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
  // Else each window lists the open files of all processes, again and again.
  'remote.autoForwardPorts': false,
};

/**
 * What the tests see of the extensions that come with VS Code: themes, and what opens images, settings and reports. The others,
 * of languages, debuggers and Git, cost each window a fifth of its time.
 */
const fewBuiltIn = [
  ...['theme-defaults', 'theme-seti', 'theme-modern-icons', 'configuration-editing', 'json', 'diff', 'log'],
  ...['markdown-basics', 'markdown-language-features', 'media-preview', 'search-result'],
];

/** VS Code runs tests only beside an extension under development; this one does nothing. */
const besideTests = path.join(root, 'test/host/helper');

/** Folders are not trusted until somebody says so, and nothing asks about it. */
const untrustingSettings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'always',
};

/** What is left to remove when the process ends before a test host was stopped. */
const leftovers = new Set();
process.on('exit', () => {
  for (const folder of leftovers) rmSync(folder, { recursive: true, force: true });
});

/**
 * Starts a VS Code server on this machine and waits until it answers.
 * @param {import('./testHost.mjs').TestHostOptions} options
 * @returns {Promise<import('./testHost.mjs').TestHost>}
 */
export async function startTestHost({
  extensionPaths,
  installed = process.env.DATASET_CAPTIONS_INSTALLED,
  folder,
  settings = {},
  serverDataDir,
  port = 0,
  env = {},
  trust = false,
  allBuiltIn = false,
}) {
  const data = serverDataDir ?? (await mkdtemp(path.join(tmpdir(), 'dataset-captions-host-')));
  if (serverDataDir === undefined) leftovers.add(data);
  await writeSettings(data, trust ? { ...untrustingSettings, ...settings } : settings);
  // Of several extensions under development in its address, the workbench in the browser takes only the last.
  const others = extensionPaths.filter((extension) => extension !== root || installed === undefined);
  const developed = installed === undefined ? others.shift() : undefined;
  await makeExtensionsFolder(path.join(data, 'extensions'), installed, others);

  await installTestHost(console.error);
  const { node, script } = testHostCommand();
  const builtIn = path.join(data, 'built-in');
  if (!allBuiltIn) await linkBuiltIn(builtIn);
  const args = [
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
    // Only with this does the workbench take the extensions under development from its address.
    '--enable-smoke-test-driver',
    ...(trust ? [] : ['--disable-workspace-trust']),
    ...['--disable-getting-started-override', '--telemetry-level', 'off'],
    ...['--server-data-dir', data, '--extensions-dir', path.join(data, 'extensions')],
    ...(allBuiltIn ? [] : ['--builtin-extensions-dir', builtIn]),
  ];
  const wrapper = fileURLToPath(new URL('testHostProcess.mjs', import.meta.url));
  const child = startGroup(process.execPath, [wrapper, node, script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Without a marketplace nothing is looked for on the network.
    env: { ...hostEnvironment(), EXTENSIONS_GALLERY: '{}', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-200_000);
    });
  }
  const stop = async () => {
    await stopGroup(child);
    if (serverDataDir === undefined) {
      await endJobRunners(data);
      // The last child processes may still write while the folder goes.
      await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      leftovers.delete(data);
    }
  };
  try {
    const actual = await listeningPort(child, () => output);
    return {
      port: actual,
      serverDataDir: data,
      log: () => output,
      url: (opened = folder, { testsPath } = {}) =>
        workbenchUrl(actual, opened, developed ?? (testsPath && besideTests), testsPath),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Makes a folder with {@link fewBuiltIn}.
 * @param {string} folder
 */
async function linkBuiltIn(folder) {
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(builtInExtensions)) {
    const target = path.join(folder, entry);
    if (fewBuiltIn.includes(entry)) {
      await symlink(path.join(builtInExtensions, entry), target, 'junction');
      continue;
    }
    const manifest = await readFile(path.join(builtInExtensions, entry, 'package.json'), 'utf8').catch(() => '{}');
    const { name, publisher, version, engines, browser } = JSON.parse(manifest);
    // The page would run its own copy, which is not there, unless the server has one of that name.
    if (browser === undefined) continue;
    await mkdir(target);
    const empty = { name, publisher, version, engines, extensionKind: ['workspace'] };
    await writeFile(path.join(target, 'package.json'), JSON.stringify(empty));
  }
}

/**
 * Ends the processes that run captioning jobs: they outlive the windows, and here nobody comes back to them.
 * @param {string} data the server's data folder
 */
async function endJobRunners(data) {
  const jobs = path.join(data, 'data/User/globalStorage/dataset-captions.dataset-captions/jobs');
  const names = await readdir(jobs).catch(() => []);
  for (const name of names.filter((file) => /^runner-.*\.json$/.test(file))) {
    try {
      const { pid } = JSON.parse(await readFile(path.join(jobs, name), 'utf8'));
      process.kill(pid, 'SIGTERM');
      for (let left = 100; left > 0; left--) {
        process.kill(pid, 0);
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
      }
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }
}

/**
 * Writes the settings of the user, which a workbench reads when it starts.
 * @param {string} data the server's data folder
 * @param {Record<string, unknown>} settings
 */
async function writeSettings(data, settings) {
  const text = JSON.stringify({ ...quietSettings, ...settings }, undefined, 2);
  await mkdir(path.join(data, 'data/User'), { recursive: true });
  await writeFile(path.join(data, 'data/User/settings.json'), text);
  // Those of the machine hold from the first moment, and are the only place for settings of that scope.
  await mkdir(path.join(data, 'data/Machine'), { recursive: true });
  await writeFile(path.join(data, 'data/Machine/settings.json'), JSON.stringify(settings));
}

/** This process's environment without what would make the server take part in another VS Code or npm run. */
function hostEnvironment() {
  const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|NODE_PATH$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/**
 * @param {number} port
 * @param {string | undefined} folder
 * @param {string | undefined} extensionPath
 * @param {string | undefined} testsPath
 */
function workbenchUrl(port, folder, extensionPath, testsPath) {
  const remote = (/** @type {string} */ file) => {
    const slashed = file.replaceAll('\\', '/');
    return `vscode-remote://127.0.0.1:${port}${slashed.startsWith('/') ? '' : '/'}${encodeURI(slashed)}`;
  };
  const payload = extensionPath === undefined ? [] : [['extensionDevelopmentPath', remote(extensionPath)]];
  if (testsPath !== undefined) payload.push(['extensionTestsPath', remote(testsPath)]);
  const url = new URL(`http://127.0.0.1:${port}/`);
  const kind = folder?.endsWith('.code-workspace') ? 'workspace' : 'folder';
  if (folder !== undefined) url.searchParams.set(kind, folder.replaceAll('\\', '/'));
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => string} output
 */
async function listeningPort(child, output) {
  const patience = 60_000;
  const start = performance.now();
  for (;;) {
    const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
    if (port !== undefined && (await answers(Number(port)))) return Number(port);
    if (child.exitCode !== null) throw new Error(`The VS Code server ended at once:\n${output()}`);
    if (performance.now() - start > patience) {
      throw new Error(`The VS Code server did not answer within ${patience / 1000} s:\n${output()}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** @param {number} port */
async function answers(port) {
  return fetch(`http://127.0.0.1:${port}/version`).then(
    (response) => response.ok,
    () => false,
  );
}
