import { homedir } from 'node:os';
import path from 'node:path';
import type { CudaEnvironment } from '../protocol/execution';
import type { TaggerProcess } from '../protocol/TaggerProcess';
import type { CommandInput } from './Command';

/** The flag of every command that may run on CUDA. */
export const cudaFlag = { 'cuda-folder': { type: 'string', multiple: true } } as const;
export const cudaHelp =
  "--cuda-folder DIR        where to look first for ONNX Runtime's CUDA libraries; may be repeated";

/** Where CUDA support is installed: `$XDG_DATA_HOME/dataset-captions/cuda`, beside the models. */
export function cudaInstallFolder(): string {
  const { XDG_DATA_HOME } = process.env;
  const data =
    XDG_DATA_HOME !== undefined && path.isAbsolute(XDG_DATA_HOME)
      ? XDG_DATA_HOME
      : path.join(homedir(), '.local/share');
  return path.join(data, 'dataset-captions/cuda');
}

/** What this machine has for CUDA, in the folders that the command was given and in all others. */
export function findCuda(tagger: TaggerProcess, input: CommandInput): Promise<CudaEnvironment> {
  const folders = input.texts('cuda-folder').map((folder) => path.resolve(folder));
  return tagger.request('findCuda', { folders, installFolder: cudaInstallFolder() }, input.signal);
}
