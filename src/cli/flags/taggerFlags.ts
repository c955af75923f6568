import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensembleMerges, type TaggerModel, type Thresholds } from '../../protocol/tagging/captionOptions';
import { cudaEnvironmentVariables } from '../../protocol/child/cudaEnvironmentVariables';
import {
  defaultExecution,
  executionProviders,
  preprocessModes,
  type ExecutionOptions,
  type ProviderChoice,
} from '../../protocol/tagging/execution';
import { loadTagger } from '../../protocol/child/loadTagger';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { TaggerDescription, TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Command, CommandInput } from '../shared/Command';
import { cudaFlag, cudaHelp, findCuda } from './cudaSearch';
import { choice, count, score } from './flagValues';
import { modelFolderFlags, modelFolderHelp, modelFolders } from './modelFolders';
import { resolveModel } from './resolveModel';
import { serverFlagHelp, serverFlags, serverModels, serverOptions } from './serverFlags';
import { UsageError } from '../shared/UsageError';

const palette = 'palette';
const providers: readonly ProviderChoice[] = ['auto', ...executionProviders];

/** The flags for the models of the tagger and how they are run. */
export const taggerFlags: Command['flags'] = {
  model: { type: 'string', multiple: true },
  merge: { type: 'string' },
  'model-threshold': { type: 'string', multiple: true },
  download: { type: 'boolean' },
  ...modelFolderFlags,
  provider: { type: 'string' },
  'batch-size': { type: 'string' },
  preprocess: { type: 'string' },
  'preprocess-threads': { type: 'string' },
  'inference-threads': { type: 'string' },
  ...serverFlags,
  ...cudaFlag,
};

export const taggerFlagHelp = [
  '--model palette|ID|DIR   the built-in "palette" (default), which knows colours only; a name that "models" lists;',
  '                         or the folder of a model. Given several times, their scores are merged',
  '--merge HOW              mean (default), max, union or intersection of several models',
  '--model-threshold M=G,C  general and character threshold of one of the models; "M=G" only the general one',
  '--download               downloads a model that is not on this machine',
  ...modelFolderHelp,
  '--provider P             auto (default), cuda, webgpu, directml, coreml, cpu, or server',
  ...serverFlagHelp,
  '--batch-size N           images for each run; 0 (default) finds the best one',
  '--preprocess MODE        exact (default): bit for bit as the author of the model does it;',
  '                         fast: large JPEG and WebP are shrunk while they are decoded, which differs a little',
  '--preprocess-threads N   threads that decode and resize; 0 (default) for some more than cores',
  '--inference-threads N    threads of a run on the CPU; 0 (default) for as many as there are cores',
  cudaHelp,
];

/** A tagger that is loaded. */
export interface LoadedTagger {
  setup: TaggerSetup;
  description: TaggerDescription;
  /** for people */
  name: string;
  /** environment variables of its process */
  environment: Record<string, string>;
}

/**
 * Loads the models that the flags name, so that a bad model is a single error and not one for each image.
 * @param thresholds for models without thresholds of their own
 * @throws UsageError for a wrong flag, or a model that is not there or cannot be loaded; the signal's reason
 */
export async function loadTaggerOf(
  tagger: TaggerProcess,
  input: CommandInput,
  thresholds: Thresholds,
): Promise<LoadedTagger> {
  const { signal } = input;
  const merge = choice(input, 'merge', ensembleMerges, 'mean');
  const execution = executionOf(input);
  const names = [...new Set(input.texts('model'))];
  if (names.length === 0) names.push(palette);
  const own = modelThresholds(input, names, thresholds);
  const onServer = execution.provider === 'server';
  const serverNames = serverModels(input, names);
  const models: TaggerModel[] = [];
  for (const name of names) {
    const serverModel = onServer ? serverNames.get(name) : undefined;
    models.push({
      ...(await locate(tagger, name, input, onServer)),
      ...(serverModel === undefined ? {} : { serverModel }),
      thresholds: own.get(name) ?? thresholds,
    });
  }
  const mayUseCuda = execution.provider === 'auto' || execution.provider === 'cuda';
  let environment: Record<string, string> = {};
  if (mayUseCuda && process.platform === 'linux' && process.arch === 'x64') {
    environment = cudaEnvironmentVariables(await findCuda(tagger, input));
    tagger.useEnvironment(environment);
  }
  const setup: TaggerSetup = { models, merge, execution };
  try {
    const description = await loadTagger(tagger, setup, signal);
    return { setup, description, name: names.map((one) => path.basename(one)).join(' + '), environment };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new UsageError(`The model cannot be used: ${errorMessage(thrown)} (${names.join(', ')})`);
  }
}

/** What the models run on, and why faster providers are not used, for `--json`. */
export function executionAsJson({ models }: TaggerDescription): unknown[] {
  return models.map(({ folder, execution }) => ({
    model: folder,
    provider: execution.provider,
    device: execution.device ?? null,
    requested: execution.requested,
    not_used: execution.notUsed,
    batch_size: execution.batchSize,
    batch_size_from: execution.batchSizeFrom,
    preprocess: execution.preprocess,
    largest_difference_to_cpu: execution.largestDifferenceToCpu ?? null,
    milliseconds: execution.speed?.milliseconds ?? null,
    cpu_milliseconds: execution.speed?.cpuMilliseconds ?? null,
  }));
}

async function locate(
  tagger: TaggerProcess,
  name: string,
  input: CommandInput,
  tagsOnly: boolean,
): Promise<Pick<TaggerModel, 'folder' | 'files'>> {
  if (name === palette) return { folder: path.join(__dirname, 'models/palette') };
  const file = path.resolve(name);
  if (file.endsWith('.onnx')) {
    const ownTags = file.replace(/\.onnx$/, '.csv');
    const folder = path.dirname(file);
    const tags = existsSync(ownTags) ? ownTags : path.join(folder, 'selected_tags.csv');
    return { folder, files: { model: file, tags } };
  }
  // A file or folder of that name in the working directory takes precedence over a model of the catalogue.
  if (/[/\\]|^\./.test(name) || existsSync(file)) return { folder: file };
  const found = await resolveModel(tagger, name, {
    folders: modelFolders(input),
    download: input.isSet('download'),
    tagsOnly,
    signal: input.signal,
  });
  return { folder: found.folder, files: { model: found.model, tags: found.tags } };
}

/** The value of `--provider`. @throws UsageError */
export function providerFlag(input: CommandInput, usual = defaultExecution.provider): ProviderChoice {
  return choice(input, 'provider', providers, usual);
}

function executionOf(input: CommandInput): ExecutionOptions {
  const server = serverOptions(input);
  const provider = providerFlag(input, server === undefined ? undefined : 'server');
  if ((provider === 'server') !== (server !== undefined)) {
    throw new UsageError('--provider server and --server URL go together.');
  }
  return {
    ...defaultExecution,
    provider,
    ...(server === undefined ? {} : { server }),
    batchSize: count(input, 'batch-size', defaultExecution.batchSize),
    preprocess: choice(input, 'preprocess', preprocessModes, defaultExecution.preprocess),
    preprocessThreads: count(input, 'preprocess-threads', defaultExecution.preprocessThreads),
    inferenceThreads: count(input, 'inference-threads', defaultExecution.inferenceThreads),
    // Never unload: the process ends with the command.
    idleSeconds: 0,
  };
}

function modelThresholds(
  input: CommandInput,
  models: readonly string[],
  usual: Thresholds,
): ReadonlyMap<string, Thresholds> {
  const own = new Map<string, Thresholds>();
  for (const text of input.texts('model-threshold')) {
    const equals = text.lastIndexOf('=');
    const name = text.slice(0, equals);
    const [general, character, surplus] = text.slice(equals + 1).split(',');
    if (equals === -1 || general === undefined || surplus !== undefined || !models.includes(name)) {
      throw new UsageError(`--model-threshold takes MODEL=GENERAL,CHARACTER with a model of --model, not "${text}".`);
    }
    own.set(name, {
      general: score('model-threshold', general),
      character: character === undefined ? usual.character : score('model-threshold', character),
    });
  }
  return own;
}
