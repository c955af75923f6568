import path from 'node:path';
import { keysOfEnvironment } from '../../jobs/client/endpointKeys';
import type { JobSecrets } from '../../jobs/client/runnerProtocol';
import type { NewJob } from '../../jobs/folder/JobFolder';
import type { JobManifest } from '../../jobs/jobTypes';
import { defaultServerTimeout, serverTokenVariable, type ServerOptions } from '../../protocol/tagging/execution';
import type { CommandInput } from '../shared/Command';
import { count } from './flagValues';
import { UsageError } from '../shared/UsageError';

/** The flags for a server that runs the models. */
export const serverFlags = {
  server: { type: 'string' },
  'server-model': { type: 'string', multiple: true },
  'server-timeout': { type: 'string' },
} as const;

export const serverFlagHelp = [
  '--server URL             a server of the Open Inference Protocol v2 (Triton, KServe, OpenVINO, MLServer) that runs',
  `                         the models; a token is read from ${serverTokenVariable}. Of a model,`,
  '                         only selected_tags.csv is needed here then',
  '--server-model NAME      what the server calls the model, where it is not called so; of several models MODEL=NAME',
  `--server-timeout S       seconds that the server has for an answer (default ${defaultServerTimeout}); twice as long it may be away`,
];

/** The server that the flags name; undefined if there is none. @throws UsageError for a wrong timeout */
export function serverOptions(input: CommandInput): ServerOptions | undefined {
  const url = input.text('server');
  if (url === undefined) return undefined;
  const timeoutSeconds = count(input, 'server-timeout', defaultServerTimeout);
  if (timeoutSeconds === 0) throw new UsageError('--server-timeout must be a whole number from 1 up.');
  return { url, timeoutSeconds };
}

/**
 * The secrets that the runner needs for a job: the server's token, or the keys of a captioner's servers, from the
 * environment. They must not be stored.
 */
export function jobSecrets(job: NewJob | JobManifest): JobSecrets {
  if ('captioner' in job) return { endpointKeys: keysOfEnvironment(job.captioner.profile.endpoints) };
  const serverToken = process.env[serverTokenVariable];
  return serverToken === undefined || serverToken === '' ? {} : { serverToken };
}

/**
 * The name of each model on the server: that of `--server-model`, or the name of its folder or file.
 * @param models as `--model` names them
 * @returns names by the model as in `models`
 * @throws UsageError for a name without a model
 */
export function serverModels(input: CommandInput, models: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map(models.map((model) => [model, path.basename(path.resolve(model), '.onnx')]));
  const [only, ...others] = models;
  for (const text of input.texts('server-model')) {
    const equals = text.lastIndexOf('=');
    const model = equals === -1 && others.length === 0 ? only : text.slice(0, Math.max(0, equals));
    if (model === undefined || !names.has(model) || text.length === equals + 1) {
      throw new UsageError(`--server-model takes a name, or MODEL=NAME with one of several models, not "${text}".`);
    }
    names.set(model, text.slice(equals + 1));
  }
  return names;
}
