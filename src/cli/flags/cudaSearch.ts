import path from 'node:path';
import type { CudaEnvironment } from '../../protocol/tagging/execution';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { CommandInput } from '../shared/Command';
import { userDataFolder } from './userDataFolder';

/** The flag of every command that may run on CUDA. */
export const cudaFlag = { 'cuda-folder': { type: 'string', multiple: true } } as const;
export const cudaHelp =
  "--cuda-folder DIR        where to look first for ONNX Runtime's CUDA libraries; may be repeated";

/** Where CUDA support is installed: beside the models. */
export function cudaInstallFolder(): string {
  return path.join(userDataFolder(), 'cuda');
}

/** What this machine has for CUDA, in the folders that the command was given and in all others. */
export function findCuda(tagger: TaggerProcess, input: CommandInput): Promise<CudaEnvironment> {
  const folders = input.texts('cuda-folder').map((folder) => path.resolve(folder));
  return tagger.request('findCuda', { folders, installFolder: cudaInstallFolder() }, input.signal);
}
