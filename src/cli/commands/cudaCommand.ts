import { describeDownload } from '../../protocol/text/downloadText';
import type { CudaEnvironment } from '../../protocol/tagging/execution';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Command, CommandInput } from '../shared/Command';
import { cudaFlag, cudaHelp, cudaInstallFolder, findCuda } from '../flags/cudaSearch';
import { withTagger } from './tagger';
import { UsageError } from '../shared/UsageError';

/** Shows which CUDA libraries the machine has, and installs what ONNX Runtime needs. */
export const cudaCommand: Command = {
  usage: '[install]',
  summary: 'what this machine has for CUDA; "install" downloads what ONNX Runtime needs for it',
  flagHelp: [cudaHelp],
  flags: cudaFlag,
  async run(input) {
    const [action, ...more] = input.positionals;
    if (more.length > 0 || (action !== undefined && action !== 'install')) {
      throw new UsageError(`"cuda" takes "install" or nothing, not "${input.positionals.join(' ')}".`);
    }
    const found = await (action === 'install' ? install(input) : withTagger((tagger) => findCuda(tagger, input)));
    await report(input, found);
    return found.problem === undefined ? 'done' : 'nothingDone';
  },
};

async function install({ output, signal }: CommandInput): Promise<CudaEnvironment> {
  const installFolder = cudaInstallFolder();
  const onDownloadProgress = (progress: Parameters<typeof describeDownload>[0]): void => {
    output.progress(`Installing CUDA support: ${describeDownload(progress)}`);
  };
  try {
    return await withTagger((tagger) => tagger.request('installCuda', { installFolder }, signal), {
      onDownloadProgress,
    });
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new UsageError(`CUDA support was not installed: ${errorMessage(thrown)}`);
  }
}

async function report({ json, output }: CommandInput, found: CudaEnvironment): Promise<void> {
  const { runtimeFolder, cudaLibraryFolders, problem } = found;
  const installFolder = cudaInstallFolder();
  if (json) {
    const document = {
      usable: problem === undefined,
      problem: problem ?? null,
      runtimeFolder: runtimeFolder ?? null,
      cudaLibraryFolders,
      installFolder,
    };
    await output.result(`${JSON.stringify(document)}\n`);
    return;
  }
  const lines = [problem === undefined ? 'CUDA can be used.' : `CUDA cannot be used: ${problem}`];
  if (runtimeFolder !== undefined) lines.push(`ONNX Runtime with CUDA: ${runtimeFolder}`);
  if (cudaLibraryFolders.length > 0) lines.push(`CUDA libraries: ${cudaLibraryFolders.join(', ')}`);
  for (const line of lines) await output.line(line);
}
