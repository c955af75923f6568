import type { CudaEnvironment } from '../tagging/execution';

/** The environment variable with the folder of the ONNX Runtime that a child process must load instead of its own. */
export const runtimeFolderVariable = 'DATASET_CAPTIONS_ORT';
/** The environment variable that tells the child why CUDA cannot be used, in one sentence. */
export const cudaProblemVariable = 'DATASET_CAPTIONS_CUDA_PROBLEM';
/** The only variables that a file may set in a child's environment: others could make the child run other programs. */
export const cudaVariables: readonly string[] = [runtimeFolderVariable, cudaProblemVariable, 'LD_LIBRARY_PATH'];

/**
 * The environment variables that a child process needs to run models with CUDA or, if CUDA cannot be used, the reason,
 * for the child's report.
 * @param inherited the environment that the child would get otherwise: its library path is kept, after the new folders
 */
export function cudaEnvironmentVariables(
  { runtimeFolder, cudaLibraryFolders, problem }: CudaEnvironment,
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  if (problem !== undefined) return { [cudaProblemVariable]: problem };
  if (runtimeFolder === undefined) return {};
  const existing = (inherited.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  const libraryPath = [...new Set([...cudaLibraryFolders, ...existing])].join(':');
  return { [runtimeFolderVariable]: runtimeFolder, ...(libraryPath === '' ? {} : { LD_LIBRARY_PATH: libraryPath }) };
}
