import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expandFolders, namesIn } from './folderNames';
import type { Machine } from './Machine';
import type { PythonEnvironment } from './pythonEnvironments';

/** Where the loader looks without being told. They are never put on the library path: they hold more than CUDA. */
const loaderFolders = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];

/**
 * Where CUDA and the driver are installed beside the folders of the loader; containers get the driver in the last ones.
 */
const systemFolders = [
  '/usr/local/cuda/lib64',
  '/usr/local/cuda-*/lib64',
  '/usr/local/cuda-*/targets/x86_64-linux/lib',
  '/opt/cuda/lib64',
  '/usr/local/nvidia/lib64',
  '/usr/local/nvidia/lib',
  '/run/opengl-driver/lib',
  '/usr/lib/wsl/lib',
];

/** A folder with shared libraries. */
export interface LibraryFolder {
  folder: string;
  names: ReadonlySet<string>;
  /** the loader looks there anyway */
  implicit: boolean;
  /** the version of CUDA that the cuDNN in it is built for; undefined where that is not known */
  cudnnFor: number | undefined;
}

/** Folders whose libraries were installed to fit each other. */
export type LibraryGroup = LibraryFolder[];

/**
 * Where CUDA libraries may be: first what the system knows (LD_LIBRARY_PATH, the folders of `ldconfig`,
 * /usr/local/cuda), then each Python environment (NVIDIA's packages, those that torch brings, conda's own). Nothing is
 * run.
 */
export async function listLibraryGroups(machine: Machine, pythons: PythonEnvironment[]): Promise<LibraryGroup[]> {
  const system = [
    ...(machine.environment.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => path.isAbsolute(folder)),
    ...loaderFolders.map((folder) => path.join(machine.systemRoot, folder)),
    ...(await configuredFolders(machine)),
    ...(await Promise.all(systemFolders.map((folder) => expandFolders(path.join(machine.systemRoot, folder))))).flat(),
  ];
  const groups = [system, ...(await Promise.all(pythons.map(foldersOfPython)))];
  const implicit = new Set(loaderFolders.map((folder) => path.join(machine.systemRoot, folder)));
  return Promise.all(
    groups.map((folders) =>
      Promise.all(
        [...new Set(folders)].map(async (folder) => ({
          folder,
          names: new Set((await namesIn(folder)).filter((name) => name.includes('.so'))),
          implicit: implicit.has(folder),
          cudnnFor: await cudnnPackageIn(folder),
        })),
      ),
    ),
  );
}

/**
 * cuDNN's libraries have the same names whatever CUDA they are for; the name of the Python package tells, where just
 * one of them is installed.
 */
async function cudnnPackageIn(folder: string): Promise<number | undefined> {
  const inPackages = `${path.sep}${path.join('nvidia', 'cudnn', 'lib')}`;
  if (!folder.endsWith(inPackages)) return undefined;
  const packages = await namesIn(folder.slice(0, -inPackages.length));
  const majors = packages
    .map((name) => /^nvidia_cudnn_cu(\d+)-.*\.dist-info$/.exec(name)?.[1])
    .filter((major) => major !== undefined);
  return majors.length === 1 ? Number(majors[0]) : undefined;
}

/** The folders of /etc/ld.so.conf and of the files that it includes. */
async function configuredFolders({ systemRoot }: Machine): Promise<string[]> {
  const etc = path.join(systemRoot, 'etc');
  const included = path.join(etc, 'ld.so.conf.d');
  const files = [
    path.join(etc, 'ld.so.conf'),
    ...(await namesIn(included)).filter((name) => name.endsWith('.conf')).map((name) => path.join(included, name)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/'))
    .map((folder) => path.join(systemRoot, folder));
}

async function foldersOfPython({ prefix, packageFolders }: PythonEnvironment): Promise<string[]> {
  const folders = await Promise.all(
    packageFolders.map(async (packages) => [
      ...(await expandFolders(path.join(packages, 'nvidia/*/lib'))),
      path.join(packages, 'torch/lib'),
    ]),
  );
  // conda puts the libraries of its packages here, among all others: last, so that they hide as little as possible.
  const isConda = (await namesIn(path.join(prefix, 'conda-meta'))).length > 0;
  return [...folders.flat(), ...(isConda ? [path.join(prefix, 'lib')] : [])];
}
