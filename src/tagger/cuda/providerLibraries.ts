import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CudaError } from './CudaError';
import { namesIn } from './folderNames';
import { cudaLibrary, nativeFolder, sharedProviderLibrary, type OnnxRuntimePackage } from './onnxRuntimePackage';
import type { PythonEnvironment } from './pythonEnvironments';
import { findVersion, readSharedLibrary } from './sharedLibrary';

/** Below a folder that a person names: where the libraries are in packages and releases of ONNX Runtime. */
const usualPlaces = ['', 'lib', 'onnxruntime/capi', nativeFolder, 'runtimes/linux-x64/native'];

/** ONNX Runtime's CUDA libraries in one folder, of the version that is needed. */
export interface ProviderLibraries {
  folder: string;
  /** what {@link cudaLibrary} is linked with */
  needed: string[];
}

/** The folders below those that a person named that hold the CUDA library. */
export async function namedProviderFolders(folders: readonly string[]): Promise<string[]> {
  return havingCudaLibrary(folders.flatMap((folder) => usualPlaces.map((place) => path.join(folder, place))));
}

/** The folders of Python's onnxruntime-gpu packages, which bring the same libraries. */
export async function pythonProviderFolders(pythons: readonly PythonEnvironment[]): Promise<string[]> {
  return havingCudaLibrary(
    pythons.flatMap(({ packageFolders }) => packageFolders.map((folder) => path.join(folder, 'onnxruntime/capi'))),
  );
}

/** Those of the folders that hold the CUDA library. */
export async function havingCudaLibrary(folders: readonly string[]): Promise<string[]> {
  const has = await Promise.all(folders.map(async (folder) => (await namesIn(folder)).includes(cudaLibrary)));
  return folders.filter((_, index) => has[index]);
}

/**
 * Checks the CUDA libraries in a folder. Their version must be the runtime's: what they call in it has no fixed layout.
 * @param version of the runtime
 * @throws CudaError CUDA_LIBRARY_DAMAGED, CUDA_LIBRARY_VERSION
 */
export async function readProviderLibraries(folder: string, version: string): Promise<ProviderLibraries> {
  const file = path.join(folder, cudaLibrary);
  const { needed, constants } = await readSharedLibrary(file);
  const found = await findVersion(file, constants, version);
  if (found !== version) {
    const message =
      found === undefined
        ? l10n.t('{0} does not say its version; version {1} is needed.', file, version)
        : l10n.t('{0} is of ONNX Runtime {2}; version {1} is needed.', file, version, found);
    throw new CudaError('CUDA_LIBRARY_VERSION', file, message);
  }
  await readSharedLibrary(path.join(folder, sharedProviderLibrary));
  return { folder, needed };
}

/** The onnxruntime-node that the libraries lie in, ready to be required; undefined where there is none. */
export async function runtimeAround(folder: string, { version }: OnnxRuntimePackage): Promise<string | undefined> {
  if (!folder.endsWith(`${path.sep}${path.normalize(nativeFolder)}`)) return undefined;
  const names = await namesIn(folder);
  if (!names.includes('onnxruntime_binding.node')) return undefined;
  const root = folder.slice(0, -nativeFolder.length - 1);
  const manifest = path.join(root, 'package.json');
  try {
    const { name, version: found } = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, unknown>;
    createRequire(manifest).resolve('onnxruntime-common');
    return name === 'onnxruntime-node' && found === version ? root : undefined;
  } catch {
    return undefined;
  }
}
