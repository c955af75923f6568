import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { expandFolders, namesIn } from './folderNames';
import type { Machine } from './Machine';

/** The maximum number of environments that are looked at, so that a home full of them does not take seconds. */
const maximumEnvironments = 60;

/** Where Python environments usually are; `~` is the user's home, `*` any name. */
const usualPrefixes = [
  '~/.venv',
  '~/venv',
  '/venv',
  '/opt/venv',
  '/workspace/.venv',
  '/workspace/venv',
  '/workspace/*/.venv',
  '/workspace/*/venv',
  '/opt/conda',
  '/opt/miniconda3',
  '/opt/miniforge3',
  '~/miniconda3',
  '~/miniforge3',
  '~/anaconda3',
  '~/micromamba',
  '~/.local',
  '/usr/local',
  '/usr',
  '~/.pyenv/versions/*',
  '~/.local/share/uv/python/*',
  '~/.local/share/uv/tools/*',
];

/** A Python environment of this machine. */
export interface PythonEnvironment {
  /** the folder with `bin` and `lib` */
  prefix: string;
  /** where its packages are: `site-packages` and `dist-packages` */
  packageFolders: string[];
}

/**
 * Finds Python environments without running any Python: the active ones, those of the programs on PATH, and the usual
 * places, with the environments that conda has inside of each. Those without packages are left out.
 */
export async function findPythonEnvironments(machine: Machine): Promise<PythonEnvironment[]> {
  const prefixes = await listPrefixes(machine);
  const environments = await Promise.all(
    prefixes.map(async (prefix) => ({ prefix, packageFolders: await packageFoldersOf(prefix) })),
  );
  return environments.filter(({ packageFolders }) => packageFolders.length > 0);
}

async function listPrefixes(machine: Machine): Promise<string[]> {
  const { VIRTUAL_ENV, CONDA_PREFIX, PYENV_ROOT } = machine.environment;
  const found = [VIRTUAL_ENV, CONDA_PREFIX].filter((prefix) => prefix !== undefined && path.isAbsolute(prefix));
  found.push(...(await prefixesOnPath(machine)));
  if (PYENV_ROOT !== undefined && path.isAbsolute(PYENV_ROOT)) {
    found.push(...(await expandFolders(path.join(PYENV_ROOT, 'versions/*'))));
  }
  for (const usual of usualPrefixes) {
    const pattern = usual.startsWith('~')
      ? path.join(machine.home, usual.slice(1))
      : path.join(machine.systemRoot, usual);
    found.push(...(await expandFolders(pattern)));
  }
  const unique = new Map<string, string>();
  for (const prefix of found) {
    if (prefix === undefined) continue;
    for (const each of [prefix, ...(await expandFolders(path.join(prefix, 'envs/*')))]) {
      const real = await realpath(each).catch(() => undefined);
      if (real !== undefined && !unique.has(real)) unique.set(real, each);
      if (unique.size >= maximumEnvironments) return [...unique.values()];
    }
  }
  return [...unique.values()];
}

/** The environment of each python on PATH, and the one that it was made from. */
async function prefixesOnPath({ environment }: Machine): Promise<string[]> {
  const prefixes: string[] = [];
  for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    for (const name of ['python3', 'python']) {
      const program = path.join(folder, name);
      const real = await realpath(program).catch(() => undefined);
      if (real === undefined) continue;
      prefixes.push(path.dirname(folder), path.dirname(path.dirname(real)));
      break;
    }
  }
  return prefixes;
}

async function packageFoldersOf(prefix: string): Promise<string[]> {
  const folders: string[] = [];
  for (const lib of ['lib', 'lib64']) {
    for (const python of await expandFolders(path.join(prefix, lib, 'python3*'))) {
      const names = await namesIn(python);
      folders.push(
        ...['site-packages', 'dist-packages']
          .filter((name) => names.includes(name))
          .map((name) => path.join(python, name)),
      );
    }
  }
  // `lib64` is a link to `lib` in virtual environments.
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return folders.filter((_, index) => real.indexOf(real[index] ?? '') === index);
}
