import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorMessage } from '../../protocol/channel/wireError';
import { cudaLibrary, sharedProviderLibrary } from '../cuda/onnxRuntimePackage';
import { havingCudaLibrary, readProviderLibraries } from '../cuda/providerLibraries';

/** ONNX Runtime loads them in this order; the second one needs the first. */
const cudaFiles = [sharedProviderLibrary, cudaLibrary] as const;

/** Where an installed onnxruntime-node has its native libraries. */
export function runtimeLibraries(packageFolder: string): string {
  return path.join(packageFolder, 'bin/napi-v6', process.platform, process.arch);
}

/**
 * Why the CUDA libraries beside a runtime cannot be used, in one sentence; undefined where no problem is found. Checked
 * before ONNX Runtime loads them: libraries of another version crash the process instead of failing.
 * @param folder with the runtime's libraries, see {@link runtimeLibraries}
 * @param version of the runtime, such as `1.30.0`
 */
export async function cudaLibraryProblem(folder: string, version: string): Promise<string | undefined> {
  if ((await havingCudaLibrary([folder])).length === 0) {
    return l10n.t("ONNX Runtime's CUDA libraries are not installed: run Install CUDA Support.");
  }
  try {
    await readProviderLibraries(folder, version);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/**
 * Why ONNX Runtime could not load its CUDA libraries: its own error does not say it. To be called after it failed.
 * @param folder with the runtime's libraries
 */
export function cudaLoadFailure(folder: string): string {
  for (const name of cudaFiles) {
    const file = path.join(folder, name);
    const problem = loadProblem(file);
    if (problem === undefined) continue;
    const missing = /^(\S+\.so[.\d]*): cannot open shared object/.exec(problem)?.[1];
    if (missing === 'libcuda.so.1')
      return l10n.t('There is no NVIDIA driver on this machine: libcuda.so.1 was not found.');
    if (missing !== undefined) {
      return l10n.t(
        '{0} was not found: CUDA and cuDNN must be installed, for the system or in a Python environment.',
        missing,
      );
    }
    return damaged(file, problem.replace(`${file}: `, '').split('\n', 1)[0] ?? '');
  }
  return damaged(path.join(folder, cudaFiles[1]), l10n.t("it is not ONNX Runtime's"));
}

/**
 * Why a shared library cannot be loaded, in the words of the system; undefined when it can.
 * @param library path, or a name that the system looks for
 */
export function loadProblem(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library);
    return undefined;
  } catch (thrown) {
    const message = errorMessage(thrown);
    // It was loaded and is no add-on of Node: only the loading matters here.
    return message.includes('did not self-register') ? undefined : message;
  }
}

function damaged(file: string, how: string): string {
  return l10n.t('{0} cannot be used ({1}): run Install CUDA Support again.', file, how);
}
