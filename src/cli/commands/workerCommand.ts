import path from 'node:path';
import { captionersFlag, captionersHelp } from '../captioners/captionerFlags';
import { usersCaptioners } from '../captioners/captionerFile';
import { keysOfEnvironment } from '../../jobs/client/endpointKeys';
import { cudaEnvironmentVariables } from '../../protocol/child/cudaEnvironmentVariables';
import type { ExecutionOptions } from '../../protocol/tagging/execution';
import { errorMessage } from '../../protocol/channel/wireError';
import { clusterFlags, clusterHelp, queueOf, sharedFolder } from '../flags/clusterFlags';
import type { Command, CommandInput } from '../shared/Command';
import { cudaFlag, cudaHelp, findCuda } from '../flags/cudaSearch';
import { count } from '../flags/flagValues';
import { fileWriter } from '../flags/inputFolder';
import { modelFolderFlags, modelFolderHelp, modelFolders } from '../flags/modelFolders';
import { showDownload, withTagger } from './tagger';
import { providerFlag } from '../flags/taggerFlags';
import { UsageError } from '../shared/UsageError';

/** Works on the jobs of a cluster until the process is ended. */
export const workerCommand: Command = {
  usage: '--redis URL --root DIR',
  summary: 'work on the jobs of a cluster until it is ended with Ctrl+C or SIGTERM',
  flagHelp: [
    ...clusterHelp,
    '--root DIR               the folder that all machines share, as this one has it',
    '--download               downloads models that are not on this machine',
    ...modelFolderHelp,
    '--provider P             auto, cuda, webgpu, directml, coreml or cpu (default: what the job says)',
    '--batch-size N           images for each run (default: what the job says)',
    '--preprocess-threads N   threads that decode and resize (default: what the job says)',
    '--inference-threads N    threads of a run on the CPU (default: what the job says)',
    cudaHelp,
    captionersHelp,
  ],
  flags: {
    ...clusterFlags,
    download: { type: 'boolean' },
    ...modelFolderFlags,
    provider: { type: 'string' },
    'batch-size': { type: 'string' },
    'preprocess-threads': { type: 'string' },
    'inference-threads': { type: 'string' },
    ...cudaFlag,
    ...captionersFlag,
  },
  async run(input) {
    const { redisUrl, queue } = queueOf(input);
    const [surplus] = input.positionals;
    if (surplus !== undefined) throw new UsageError(`"worker" takes flags only, not "${surplus}".`);
    const root = sharedFolder(input);
    if (root === undefined) throw new UsageError('Where is the folder that all machines share? --root DIR is missing.');
    const models = {
      root,
      palette: path.join(__dirname, 'models/palette'),
      folders: modelFolders(input),
      download: input.isSet('download'),
      execution: ownExecution(input),
    };
    const captioners = { ...(await usersCaptioners(input)), keysFor: keysOfHere };
    // Imported only now, as most commands do not need the packages of the queue.
    const { ShardWorker } = await import('../../cluster/ShardWorker');
    await withTagger(async (tagger) => {
      if (process.platform === 'linux' && process.arch === 'x64') {
        tagger.useEnvironment(cudaEnvironmentVariables(await findCuda(tagger, input)));
      }
      const worker = new ShardWorker({
        redisUrl,
        queue,
        tagger,
        writer: fileWriter(),
        models,
        captioners,
        onLog: (line) => {
          input.output.note(`${new Date().toISOString()} ${line}`);
        },
      });
      try {
        await worker.run(input.signal);
      } catch (thrown) {
        throw new UsageError(errorMessage(thrown));
      }
    }, showDownload(input));
    return 'done';
  },
};

/** The keys for servers in this machine's environment, by their origins. */
function keysOfHere(endpoints: readonly string[]): Record<string, string> {
  return keysOfEnvironment(endpoints);
}

/** The execution options of this machine: only those that were given. */
function ownExecution(input: CommandInput): Partial<ExecutionOptions> {
  const own: Partial<ExecutionOptions> = {};
  if (input.text('provider') !== undefined) own.provider = providerFlag(input);
  if (input.text('batch-size') !== undefined) own.batchSize = count(input, 'batch-size', 0);
  if (input.text('preprocess-threads') !== undefined) own.preprocessThreads = count(input, 'preprocess-threads', 0);
  if (input.text('inference-threads') !== undefined) own.inferenceThreads = count(input, 'inference-threads', 0);
  return own;
}
