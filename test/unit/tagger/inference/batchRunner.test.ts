import assert from 'node:assert/strict';
import { BatchRunner, type Scored } from '../../../../src/tagger/inference/BatchRunner';

/** Scores an input by its own number; notes which inputs ran together. */
class FakeEngine {
  readonly runs: number[][] = [];
  running = 0;
  mostRunning = 0;
  signals: AbortSignal[] = [];
  fails: (numbers: number[]) => Error | undefined = () => undefined;
  hasNone: (number: number, batch: number[]) => Error | undefined = () => undefined;

  constructor(readonly runsInFlight?: number) {}

  async run(inputs: readonly Float32Array[], _batch: number, signal: AbortSignal): Promise<Scored[]> {
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    this.signals.push(signal);
    await new Promise((resolve) => setImmediate(resolve));
    this.running--;
    const numbers = inputs.map((input) => input[0]!);
    this.runs.push(numbers);
    const error = this.fails(numbers);
    if (error !== undefined) throw error;
    return inputs.map((input) => this.hasNone(input[0]!, numbers) ?? input.slice());
  }
  isOutOfMemory(thrown: unknown): boolean {
    return String(thrown).includes('memory');
  }
  isHopeless(thrown: unknown): boolean {
    return String(thrown).includes('hopeless');
  }
}

const never = new AbortController().signal;
const input = (number: number): Promise<Float32Array> => Promise.resolve(Float32Array.of(number));

/** A picture that is ready when `done` is called. */
function preparing(number: number): { input: Promise<Float32Array>; done(): void; failed(error: Error): void } {
  let done = (): void => undefined;
  let failed: (error: Error) => void = () => undefined;
  const promise = new Promise<Float32Array>((resolve, reject) => {
    done = () => {
      resolve(Float32Array.of(number));
    };
    failed = reject;
  });
  return { input: promise, done, failed };
}

describe('A batch runner', () => {
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });
  const scoreAll = async (runner: BatchRunner, count: number): Promise<number[]> =>
    (await Promise.all(Array.from({ length: count }, (_, i) => runner.score(input(i), never)))).map(([own]) => own!);
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

  it('fills batches and gives each image its own scores', async () => {
    assert.deepEqual(await scoreAll(new BatchRunner(engine, 4, true), 10), numbers(10));
    assert.deepEqual(
      engine.runs.map(({ length }) => length),
      [4, 4, 2],
    );
    assert.equal(engine.mostRunning, 1, 'one run at a time');
  });

  it('has as many runs at a time as the engine takes', async () => {
    engine = new FakeEngine(3);
    assert.deepEqual(await scoreAll(new BatchRunner(engine, 4, true), 40), numbers(40));
    assert.equal(engine.mostRunning, 3);
    assert.ok(engine.runs.every(({ length }) => length === 4));
  });

  it('runs no image of a batch again where that is hopeless', async () => {
    engine.fails = () => new Error('hopeless');
    const runner = new BatchRunner(engine, 4, true);
    const results = await Promise.allSettled(numbers(4).map((i) => runner.score(input(i), never)));
    assert.ok(results.every(({ status }) => status === 'rejected'));
    assert.deepEqual(engine.runs, [[0, 1, 2, 3]]);
  });

  it('tells the engine when nobody waits for a batch any more, and only then', async () => {
    engine.fails = () => new Error('aborted by the engine');
    const runner = new BatchRunner(engine, 2, true);
    const cancels = [new AbortController(), new AbortController()];
    const scores = Promise.allSettled(cancels.map(({ signal }, i) => runner.score(input(i), signal)));
    while (engine.signals.length === 0) await Promise.resolve();
    const [signal] = engine.signals;
    cancels[0]!.abort(new Error('first'));
    assert.equal(signal?.aborted, false);
    cancels[1]!.abort(new Error('second'));
    assert.equal(signal.aborted, true);
    const reasons = (await scores).map((result) => (result.status === 'rejected' ? String(result.reason) : 'none'));
    assert.deepEqual(reasons, ['Error: first', 'Error: second']);
    assert.equal(engine.runs.length, 1);
  });

  it('runs what is there when no other image is on its way', async () => {
    const runner = new BatchRunner(engine, 8, true);
    const slow = preparing(2);
    const scores = [runner.score(input(0), never), runner.score(input(1), never), runner.score(slow.input, never)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(engine.runs, [], 'it waits for the third image');
    slow.done();
    assert.deepEqual(
      (await Promise.all(scores)).map(([own]) => own),
      [0, 1, 2],
    );
    assert.deepEqual(engine.runs, [[0, 1, 2]]);
  });

  it('does not wait for an image that turns out to be broken', async () => {
    const runner = new BatchRunner(engine, 8, true);
    const broken = preparing(1);
    const good = runner.score(input(0), never);
    const bad = runner.score(broken.input, never);
    broken.failed(new Error('not an image'));
    await assert.rejects(bad, /not an image/);
    assert.deepEqual([...(await good)], [0]);
  });

  it('fails only the image that makes a batch fail', async () => {
    engine.fails = (batch) => (batch.includes(2) ? new Error('this one') : undefined);
    const runner = new BatchRunner(engine, 4, true);
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => runner.score(input(i), never)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
  });

  it('fails an image that has no scores, wherever it stands in a batch, and no other', async () => {
    engine.hasNone = (number) => (number % 4 === 0 || number % 7 === 0 ? new Error('no numbers') : undefined);
    const runner = new BatchRunner(engine, 4, true);
    const results = await Promise.allSettled(numbers(16).map((i) => runner.score(input(i), never)));
    const failed = results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    assert.deepEqual(failed, [0, 4, 7, 8, 12, 14]);
  });

  it('runs an image alone that has no scores in a batch, as another one may be to blame, unless that is hopeless', async () => {
    engine.hasNone = (_, batch) => (batch.includes(2) ? new Error('no numbers') : undefined);
    const runner = new BatchRunner(engine, 4, true);
    const results = await Promise.allSettled(numbers(4).map((i) => runner.score(input(i), never)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    engine.runs.length = 0;
    engine.hasNone = () => new Error('hopeless');
    await Promise.allSettled(numbers(4).map((i) => runner.score(input(i), never)));
    assert.equal(engine.runs.length, 1);
  });

  it('halves the batch until there is memory enough, and keeps to that', async () => {
    engine.fails = (batch) => (batch.length > 3 ? new Error('out of memory') : undefined);
    const runner = new BatchRunner(engine, 16, true);
    assert.deepEqual(await scoreAll(runner, 40), numbers(40));
    assert.equal(runner.batchSize, 2);
    engine.runs.length = 0;
    await scoreAll(runner, 6);
    assert.deepEqual(engine.runs, [
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  it('gives up on an image for which there is not enough memory alone', async () => {
    engine.fails = () => new Error('out of memory');
    await assert.rejects(scoreAll(new BatchRunner(engine, 4, true), 4), /out of memory/);
  });

  it('does not shrink what the model fixes', async () => {
    engine.fails = (batch) => (batch.length > 1 ? new Error('out of memory') : undefined);
    const runner = new BatchRunner(engine, 4, false);
    assert.deepEqual(await scoreAll(runner, 4), numbers(4));
    assert.equal(runner.batchSize, 4);
  });

  it('leaves out images that were cancelled while they waited', async () => {
    const runner = new BatchRunner(engine, 2, true);
    const cancel = new AbortController();
    const first = [0, 1].map((i) => runner.score(input(i), never));
    const cancelled = runner.score(input(2), cancel.signal);
    const last = runner.score(input(3), never);
    cancel.abort(new Error('cancelled'));
    await assert.rejects(cancelled, /cancelled/);
    await Promise.all([...first, last]);
    assert.deepEqual(engine.runs, [[0, 1], [3]]);
  });
});
