import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Attempts, type Attempt, type AttemptHost } from '../../../../src/extension/captioning/Attempts';
import type { JobPlan } from '../../../../src/extension/captioning/JobStarter';
import type { DatasetDocument } from '../../../../src/extension/document/DatasetDocument';
import type { JobInfo } from '../../../../src/jobs/jobTypes';

/** How long an attempt that came to nothing stays, in milliseconds. */
const stays = 30;

const dataset = {} as unknown as DatasetDocument;
const job = { id: 'job-1' } as JobInfo;
const plan: JobPlan = {
  label: 'Caption All',
  mode: 'all',
  work: [
    { path: 'a.png', expected: null },
    { path: 'b.png', expected: null },
  ],
  write: { mode: 'replace', keepFirst: 0, separator: ', ' },
  single: false,
};

describe('Jobs in preparation', () => {
  let changes: number;
  let failures: string[];
  let attempts: Attempts;
  let start: AttemptHost['start'];

  beforeEach(() => {
    changes = 0;
    failures = [];
    start = () => Promise.resolve(job);
    attempts = new Attempts(
      {
        start: (...args) => start(...args),
        changed: (document) => {
          assert.equal(document, dataset);
          changes++;
        },
        failed: (label, message) => failures.push(`${label}: ${message}`),
      },
      stays,
    );
  });
  afterEach(() => {
    attempts.dispose();
  });

  const run = (makePlan = () => Promise.resolve<JobPlan | undefined>(plan)): Promise<JobInfo | undefined> =>
    attempts.run(dataset, makePlan, () => undefined);

  it('are shown with what they are to caption from when they are planned until the job is there', async () => {
    const shown: unknown[] = [];
    let attempt: Attempt | undefined;
    start = (_document, _plan, _signal, onStatus) => {
      assert.equal(attempts.isPreparing, true);
      onStatus('Checking the tagger…');
      shown.push(...attempts.all.map(({ view: { label, state, message, total } }) => [label, state, message, total]));
      return Promise.resolve(job);
    };
    const started = await attempts.run(
      dataset,
      () => Promise.resolve(plan),
      (planned) => {
        assert.equal(attempts.get(planned.view.id), planned);
        attempt = planned;
      },
    );
    assert.equal(started, job);
    assert.equal(attempt?.jobId, 'job-1');
    assert.deepEqual(shown, [['Caption All', 'starting', 'Checking the tagger…', 2]]);
    assert.deepEqual(attempts.all, []);
    assert.equal(attempts.isPreparing, false);
    assert.equal(changes, 3, 'it came, said what it does, and went');
  });

  it('are not begun twice for one dataset, nor shown where there is nothing to do', async () => {
    let planned = 0;
    const makePlan = async (): Promise<JobPlan | undefined> => {
      planned++;
      await sleep(5);
      return undefined;
    };
    assert.deepEqual(await Promise.all([run(makePlan), run(makePlan)]), [undefined, undefined]);
    assert.equal(planned, 1);
    assert.equal(changes, 0);
    assert.equal(await run(), job, 'the next one may begin');
  });

  it('can be prepared again after planning has failed', async () => {
    await assert.rejects(
      run(() => Promise.reject(new Error('the folder is gone'))),
      /the folder is gone/,
    );
    assert.equal(await run(), job);
  });

  it('stay for a while when they cannot be started, say why, and then leave', async () => {
    start = () => Promise.reject(new Error('No tagger.'));
    assert.equal(await run(), undefined);
    assert.deepEqual(failures, ['Caption All: No tagger.']);
    assert.deepEqual(
      attempts.all.map(({ view: { state, message } }) => [state, message]),
      [['error', 'No tagger.']],
    );
    assert.equal(attempts.isPreparing, false);
    const before = changes;
    await sleep(3 * stays);
    assert.deepEqual(attempts.all, []);
    assert.equal(changes, before + 1);
  });

  it('are cancelled by the id of their view, which is no failure', async () => {
    start = (_document, _plan, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('cancelled'));
        });
        const [attempt] = attempts.all;
        assert.equal(attempts.cancel(attempt?.view.id ?? ''), true);
      });
    assert.equal(attempts.cancel('new-0'), false);
    assert.equal(await run(), undefined);
    assert.deepEqual(failures, []);
    assert.deepEqual(
      attempts.all.map(({ view: { state, message } }) => [state, message]),
      [['cancelled', '']],
    );
  });

  it('are cancelled when the window closes', async () => {
    let signal: AbortSignal | undefined;
    start = (_document, _plan, given) => {
      signal = given;
      attempts.dispose();
      given.throwIfAborted();
      return Promise.resolve(job);
    };
    assert.equal(await run(), undefined);
    assert.equal(signal?.aborted, true);
    assert.deepEqual(failures, []);
  });
});
