// The process that runs jobs: one for each user and machine. It outlives the windows that use it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { useInheritedLanguage } from '../base/displayLanguage';
import { FileLock } from '../base/machine/FileLock';
import { isFolderOfAnother } from '../base/machine/ownership';
import { WriteThreads } from '../dataset/files/WriteThreads';
import { connectTo } from '../jobs/client/connectTo';
import {
  newEndpoint,
  publishEndpoint,
  readEndpoint,
  removeOldEndpoints,
  runnerLockFile,
  withdrawEndpoint,
} from '../jobs/client/runnerEndpoint';
import { nameOf } from '../jobs/folder/JobLock';
import { errorMessage } from '../protocol/channel/wireError';
import { inOneLine } from '../protocol/text/escapeControls';
import { JobQueue } from './JobQueue';
import { RunnerServer } from './RunnerServer';

/** The runner ends after this time without a job and without a client, in milliseconds. */
const idleLimit = 10_000;
/** Timeout for waiting until a runner that is ending is gone, in milliseconds. */
const endLimit = 15_000;

useInheritedLanguage();

main(process.argv[2]).catch((thrown: unknown) => {
  console.error(errorMessage(thrown));
  process.exit(1);
});

async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined || !path.isAbsolute(folder)) throw new Error('Where are the jobs? No folder was given.');
  const jobsFolder = folder;
  mkdirSync(jobsFolder, { recursive: true, mode: 0o700 });
  if (isFolderOfAnother(jobsFolder)) throw new Error(`${jobsFolder} belongs to another user.`);
  const lock = await onlyRunner(jobsFolder);
  if (lock === undefined) {
    console.log('Another runner lives.');
    return;
  }
  const left = await readEndpoint(jobsFolder);
  if (left !== undefined) await withdrawEndpoint(jobsFolder, left);
  await removeOldEndpoints(jobsFolder);
  const endpoint = newEndpoint();
  let idle: NodeJS.Timeout | undefined;
  let ending = false;

  const queue = new JobQueue({
    jobsFolder,
    taggerEntry: path.join(__dirname, 'tagger.js'),
    writer: new WriteThreads({ workerFile: path.join(__dirname, 'writeWorker.js') }),
    onChange: (info) => {
      server.jobChanged(info);
      endWhenIdle();
    },
    onHandled: (info, image) => {
      server.imageHandled(info, image);
    },
    onRemoved: (id) => {
      server.jobRemoved(id);
    },
    onLog: logLine,
  });
  const server = new RunnerServer(queue, endpoint, {
    onRetire: () => void end(),
    onClients: endWhenIdle,
    onLog: logLine,
  });

  function logLine(line: string): void {
    console.log(inOneLine(line));
    server.log(line);
  }

  function endWhenIdle(): void {
    clearTimeout(idle);
    if (queue.isBusy || server.hasClients) return;
    idle = setTimeout(() => {
      if (!queue.isBusy && !server.hasClients) void end();
    }, idleLimit);
  }

  async function end(): Promise<void> {
    if (ending) return;
    ending = true;
    // First, so that clients that come from now on start another runner.
    await withdrawEndpoint(jobsFolder, endpoint);
    await queue.close();
    server.close();
    await lock?.release();
    process.exit(0);
  }

  // A machine that shuts down leaves some seconds to save the jobs as interrupted.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
  // The runner has to outlive the terminal or connection from which it was started.
  process.on('SIGHUP', () => {
    console.log('Hung up.');
  });
  // The reader of its output may be gone.
  process.stdout.on('error', () => undefined);
  await queue.load();
  await server.listen();
  await publishEndpoint(jobsFolder, endpoint);
  endWhenIdle();
  lock.lost.addEventListener('abort', () => {
    logLine('The lock of the process that runs jobs is gone; it ends.');
    void end();
  });
}

/**
 * Takes the lock of this machine's runner; waits while another runner is starting or ending.
 * @returns undefined if another runner lives that clients can reach
 * @throws Error if the other one did not end in time
 */
async function onlyRunner(jobsFolder: string): Promise<FileLock | undefined> {
  const file = runnerLockFile(jobsFolder);
  const until = Date.now() + endLimit;
  while (Date.now() < until) {
    const lock = await FileLock.tryAcquire(file);
    if (lock !== undefined) return lock;
    const endpoint = await readEndpoint(jobsFolder);
    const socket = endpoint === undefined ? undefined : await connectTo(endpoint.address);
    if (socket !== undefined) {
      socket.destroy();
      return undefined;
    }
    await delay(100);
  }
  const holder = await FileLock.holder(file);
  const name = holder === undefined ? 'Another process' : nameOf(holder);
  throw new Error(`${name} runs jobs here and cannot be reached. End it, then try again.`);
}
