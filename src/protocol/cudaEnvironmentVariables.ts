import type { CudaEnvironment } from './execution';

/** Names the folder of the ONNX Runtime that a child process is to require in place of its own. */
export const runtimeFolderVariable = 'DATASET_CAPTIONS_ORT';

/**
 * What a child process needs in its environment to run models with CUDA; nothing where CUDA cannot be used.
 * @param inherited the environment that it would get otherwise: its library path is kept, behind the new folders
 */
export function cudaEnvironmentVariables(
  { runtimeFolder, libraryFolders, problem }: CudaEnvironment,
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  if (runtimeFolder === undefined || problem !== undefined) return {};
  const existing = (inherited.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  const libraryPath = [...new Set([...libraryFolders, ...existing])].join(':');
  return { [runtimeFolderVariable]: runtimeFolder, ...(libraryPath === '' ? {} : { LD_LIBRARY_PATH: libraryPath }) };
}
