import type { CudaEnvironment } from '../tagging/execution';

/** Names the folder of the ONNX Runtime that a child process is to require in place of its own. */
export const runtimeFolderVariable = 'DATASET_CAPTIONS_ORT';
/** Says to the child why CUDA cannot be used, in one sentence. */
export const cudaProblemVariable = 'DATASET_CAPTIONS_CUDA_PROBLEM';
/** All that a file may put into a child's environment: anything else could make it run other programs. */
export const cudaVariables: readonly string[] = [runtimeFolderVariable, cudaProblemVariable, 'LD_LIBRARY_PATH'];

/**
 * What a child process needs in its environment to run models with CUDA; where it cannot be used, the reason for
 * the child's report.
 * @param inherited the environment that it would get otherwise: its library path is kept, behind the new folders
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
