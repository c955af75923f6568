// A process that does with jobs what a window of the editor does, through the same client. Its arguments: the folder of
// jobs, `dist/runner.js`, a seed, and `random` for random requests until it is ended, or `finish`: then each job that is
// left goes on to its end, and the ids of those that another process has are printed.
import { setTimeout as delay } from 'node:timers/promises';
import { RunnerClient } from '../../../src/jobs/client/RunnerClient';
import { isEnded } from '../../../src/jobs/jobSteps';
import type { JobInfo } from '../../../src/jobs/jobTypes';
import { errorCode, errorMessage } from '../../../src/protocol/channel/wireError';
import { seededRandom } from '../shared/testFolder';

/** What may happen to a request beside other processes, kills and restarts. */
const expected: ReadonlySet<string> = new Set([
  'JOB_BUSY',
  // It is suspended now and then.
  'RUNNER_SILENT',
  'JOB_MISSING',
  'JOB_RUNNING',
  'JOB_TAKEN',
  'CHANNEL_CLOSED',
  'RUNNER_UNREACHABLE',
]);
/** How long an answer is waited for, in milliseconds: the runner may be suspended. */
const patience = 15_000;

const [jobsFolder = '', entry = '', seed = '1', what = 'random'] = process.argv.slice(2);
const random = seededRandom(Number(seed));

let client = connect();

function connect(): RunnerClient {
  return new RunnerClient({ jobsFolder, entry, lookPause: 1000 });
}

async function ask(method: 'start' | 'pause' | 'cancel' | 'remove', id: string): Promise<string | undefined> {
  const limit = new AbortController();
  try {
    await Promise.race([
      client.request(method, { id }),
      delay(patience, undefined, { signal: limit.signal }).then(() => {
        throw Object.assign(new Error('no answer'), { code: 'CHANNEL_CLOSED' });
      }),
    ]);
    return undefined;
  } catch (thrown) {
    const code = errorCode(thrown) ?? '';
    if (!expected.has(code)) console.log(`UNEXPECTED ${method} ${id}: ${code} ${errorMessage(thrown)}`);
    if (code === 'CHANNEL_CLOSED') {
      client.dispose();
      client = connect();
    }
    return `${code} ${errorMessage(thrown)}`;
  } finally {
    limit.abort();
  }
}

async function beRandom(): Promise<never> {
  for (;;) {
    await Promise.race([client.refresh(), delay(patience)]);
    const { jobs } = client;
    const job: JobInfo | undefined = jobs[random(Math.max(1, jobs.length))];
    if (job !== undefined) {
      const choice = random(10);
      if (choice < 5) await ask('start', job.id);
      else if (choice < 7) await ask('pause', job.id);
      else if (choice < 8) await ask('cancel', job.id);
      else if (isEnded(job) && random(3) === 0) await ask('remove', job.id);
    }
    await delay(random(600));
  }
}

/** Prints a line for each job that this machine cannot get at, then ends. */
async function finish(): Promise<void> {
  const busy = new Set<string>();
  const wanted = new Set<string>();
  await client.refresh();
  for (const { id, status } of client.jobs) {
    if (status === 'completed') continue;
    // It goes on where it was, also after it was cancelled.
    const code = await ask('start', id);
    if (code === undefined) wanted.add(id);
    else busy.add(`${id} ${code}`);
  }
  // What is known of a job may still be from before it was started.
  const open = (): JobInfo[] => client.jobs.filter((job) => wanted.has(job.id) && job.status !== 'completed');
  for (let tries = 0; open().length > 0 && tries < 900; tries++) await delay(100);
  for (const line of busy) console.log(`BUSY ${line}`);
  for (const job of client.jobs) {
    if (wanted.has(job.id) && job.status !== 'completed') console.log(`UNEXPECTED end of ${JSON.stringify(job)}`);
  }
  console.log('FINISHED');
  client.dispose();
}

void (what === 'finish' ? finish() : beRandom()).catch((thrown: unknown) => {
  console.log(`UNEXPECTED ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  process.exit(1);
});
