import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { CudaError } from './CudaError';
import { namesIn } from './folderNames';
import { cudaLibrary, nativeFolder, sharedProviderLibrary, type OnnxRuntimePackage } from './onnxRuntimePackage';

const packageInCopy = 'node_modules/onnxruntime-node';
const commonInCopy = 'node_modules/onnxruntime-common';
const recordName = 'cuda-libraries.json';
const stagingPrefix = '.building-';
const linkedPrefix = 'linked-';
/** Milliseconds after which a half-built folder counts as abandoned. */
const abandonedAfter = 24 * 60 * 60 * 1000;

/** The copy that holds downloaded libraries. */
export function installedCopy(installFolder: string, { version }: OnnxRuntimePackage): string {
  return path.join(installFolder, `onnxruntime-node-${version}`);
}

/** The folder of a copy that holds its native files. */
export function nativeFolderOf(copy: string): string {
  return path.join(copy, packageInCopy, nativeFolder);
}

/**
 * A copy of ONNX Runtime with links to the CUDA libraries of another program, which are never changed. Built once, and
 * rebuilt when those libraries change.
 * @param libraries folder of the CUDA libraries
 * @returns the folder to require
 * @throws CudaError CUDA_FOLDER_UNWRITABLE, CUDA_DISK_FULL
 */
export async function linkedCopy(
  runtime: OnnxRuntimePackage,
  libraries: string,
  installFolder: string,
): Promise<string> {
  const key = createHash('sha256').update(libraries).digest('hex').slice(0, 16);
  const copy = path.join(installFolder, `${linkedPrefix}${runtime.version}-${key}`);
  const record = await describe(runtime, libraries);
  const known = await readFile(path.join(copy, recordName), 'utf8').catch(() => '');
  if (known !== record) {
    await buildCopy(runtime, copy, async (native) => {
      for (const name of [cudaLibrary, sharedProviderLibrary]) {
        await symlink(path.join(libraries, name), path.join(native, name));
      }
      return record;
    });
    await removeDangling(installFolder);
  }
  return path.join(copy, packageInCopy);
}

/**
 * Builds a copy of ONNX Runtime with more libraries beside it: in a folder of its own, which gets its name when it is
 * complete. ONNX Runtime loads its CUDA libraries from the folder that it was itself loaded from.
 * @param copy the folder; one that is there is replaced
 * @param addLibraries puts the libraries into the folder that it gets, and returns the record to keep about them
 * @throws CudaError CUDA_FOLDER_UNWRITABLE, CUDA_DISK_FULL; what `addLibraries` throws
 */
export async function buildCopy(
  { folder, commonFolder }: OnnxRuntimePackage,
  copy: string,
  addLibraries: (nativeFolder: string) => Promise<string>,
): Promise<string> {
  const parent = path.dirname(copy);
  let staging: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent);
    staging = await mkdtemp(path.join(parent, stagingPrefix));
    await copyCode(commonFolder, path.join(staging, commonInCopy), ['package.json', 'dist/cjs']);
    const root = path.join(staging, packageInCopy);
    await copyCode(folder, root, ['package.json', 'dist']);
    const native = path.join(root, nativeFolder);
    await mkdir(native, { recursive: true });
    for (const name of ['libonnxruntime.so.1', 'onnxruntime_binding.node']) {
      await copyFile(path.join(folder, nativeFolder, name), path.join(native, name), constants.COPYFILE_FICLONE);
    }
    await writeFile(path.join(staging, recordName), await addLibraries(native));
    await replaceFolder(staging, copy);
  } catch (error) {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
    throw writeError(error, parent);
  }
  return path.join(copy, packageInCopy);
}

/** Deletes copies that hold downloaded libraries for other versions of the runtime. */
export async function removeOtherInstalls(installFolder: string, runtime: OnnxRuntimePackage): Promise<void> {
  const kept = path.basename(installedCopy(installFolder, runtime));
  for (const name of await namesIn(installFolder)) {
    if (/^onnxruntime-node-\d/.test(name) && name !== kept) {
      await rm(path.join(installFolder, name), { recursive: true, force: true });
    }
  }
}

/** Turns an error of the file system into one that says what to do. */
export function writeError(error: unknown, folder: string): Error {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new CudaError(
      'CUDA_DISK_FULL',
      folder,
      l10n.t('The disk of {0} is full; free some space and try again.', folder),
      error,
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    const message = `CUDA support cannot be written to ${folder}: ${errorMessage(error)}.`;
    return new CudaError('CUDA_FOLDER_UNWRITABLE', folder, message, error);
  }
  return error instanceof Error ? error : new Error(String(error));
}

async function copyCode(from: string, to: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    await cp(path.join(from, part), path.join(to, part), {
      recursive: true,
      dereference: true,
      filter: (name) => !name.endsWith('.map') && !name.endsWith('.d.ts'),
    });
  }
}

async function replaceFolder(from: string, to: string): Promise<void> {
  const aside = path.join(path.dirname(to), `${stagingPrefix}${randomUUID()}`);
  try {
    await rename(to, aside);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  try {
    await rename(from, to);
  } catch (error) {
    // Another process has just put its copy there, which is as good as ours.
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    await rm(from, { recursive: true, force: true });
  }
  await rm(aside, { recursive: true, force: true });
}

/** What a linked copy was made from, as text that changes when any of it does. */
async function describe({ folder, version }: OnnxRuntimePackage, libraries: string): Promise<string> {
  const files = [
    ...[cudaLibrary, sharedProviderLibrary].map((name) => path.join(libraries, name)),
    path.join(folder, nativeFolder, 'libonnxruntime.so.1'),
  ];
  const states = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return { file: path.basename(file), size, modified: mtimeMs };
    }),
  );
  return JSON.stringify({ version, libraries, states });
}

/** Removes linked copies whose libraries are gone. */
async function removeDangling(installFolder: string): Promise<void> {
  for (const name of (await namesIn(installFolder)).filter((each) => each.startsWith(linkedPrefix))) {
    const copy = path.join(installFolder, name);
    const target = await stat(path.join(nativeFolderOf(copy), cudaLibrary)).catch(() => undefined);
    if (target === undefined) await rm(copy, { recursive: true, force: true });
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of (await namesIn(parent)).filter((each) => each.startsWith(stagingPrefix))) {
    const folder = path.join(parent, name);
    const info = await stat(folder).catch(() => undefined);
    if (info !== undefined && Date.now() - info.mtimeMs > abandonedAfter) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
