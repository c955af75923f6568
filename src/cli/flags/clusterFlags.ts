import path from 'node:path';
import { redisAddress } from '../../cluster/redisAddress';
import { defaultQueue } from '../../jobs/folder/clusterJob';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** The environment variable for the queue's address. Other users of the machine cannot see it, unlike a flag. */
const urlVariable = 'DATASET_CAPTIONS_REDIS_URL';

/** The flags of all commands for clusters. */
export const clusterFlags = {
  redis: { type: 'string' },
  queue: { type: 'string' },
  root: { type: 'string' },
} as const;

export const clusterHelp = [
  '--redis URL              the server of the queue, redis://… or rediss://USER:PASSWORD@HOST:PORT for TLS;',
  `                         better in the environment, as ${urlVariable}: flags are seen by others`,
  `--queue NAME             name of the queue (default ${defaultQueue})`,
];

/** The address and name of the queue, from the flags or the environment. @throws UsageError */
export function queueOf(input: CommandInput): { redisUrl: string; queue: string } {
  const redisUrl = input.text('redis') ?? process.env[urlVariable] ?? '';
  if (redisUrl === '') throw new UsageError(`Where is the queue? Neither --redis nor ${urlVariable} is given.`);
  try {
    redisAddress(redisUrl);
  } catch (thrown) {
    throw new UsageError(errorMessage(thrown));
  }
  const queue = input.text('queue') ?? defaultQueue;
  if (!/^[\w.-]{1,64}$/.test(queue)) {
    throw new UsageError(`--queue takes up to 64 letters, digits, ".", "-" and "_", not "${queue}".`);
  }
  return { redisUrl, queue };
}

/** The absolute path of the shared folder on this machine; undefined if it was not given. */
export function sharedFolder(input: CommandInput): string | undefined {
  const given = input.text('root');
  return given === undefined ? undefined : path.resolve(given);
}
