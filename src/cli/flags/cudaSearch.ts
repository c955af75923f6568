import path from 'node:path';
import type { CudaEnvironment } from '../../protocol/tagging/execution';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { CommandInput } from '../shared/Command';
import { userDataFolder } from './userDataFolder';

/** The flag of all commands that may run on CUDA. */
export const cudaFlag = { 'cuda-folder': { type: 'string', multiple: true } } as const;
export const cudaHelp =
  "--cuda-folder DIR        where to look first for ONNX Runtime's CUDA libraries; may be repeated";

/** The folder in which CUDA support is installed. */
export function cudaInstallFolder(): string {
  return path.join(userDataFolder(), 'cuda');
}

/** Finds the CUDA libraries of this machine: first in the folders of the flag, then in the usual ones. */
export function findCuda(tagger: TaggerProcess, input: CommandInput): Promise<CudaEnvironment> {
  const folders = input.texts('cuda-folder').map((folder) => path.resolve(folder));
  return tagger.request('findCuda', { folders, installFolder: cudaInstallFolder() }, input.signal);
}
