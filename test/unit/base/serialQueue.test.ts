import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KeyedQueue } from '../../../src/base/KeyedQueue';
import { SerialQueue } from '../../../src/base/SerialQueue';

/** A task that ends when it is told to, and says in `log` when it begins. */
function task(log: string[], name: string): { run: () => Promise<string>; end: () => void; fail: () => void } {
  let end = (): void => undefined;
  let fail = (): void => undefined;
  const ended = new Promise<string>((resolve, reject) => {
    end = () => {
      resolve(name);
    };
    fail = () => {
      reject(new Error(name));
    };
  });
  const run = (): Promise<string> => {
    log.push(name);
    return ended;
  };
  return { run, end, fail };
}

describe('A serial queue', () => {
  it('begins a task when the one before has ended, in the order given', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => task(log, name)) as [
      ReturnType<typeof task>,
      ReturnType<typeof task>,
      ReturnType<typeof task>,
    ];
    const results = [a, b, c].map(({ run }) => queue.run(run));
    assert.deepEqual(log, [], 'nothing runs before the call has returned');
    c.end();
    b.end();
    await nextTurn();
    assert.deepEqual(log, ['a']);
    a.end();
    assert.deepEqual(await Promise.all(results), ['a', 'b', 'c']);
    assert.deepEqual(log, ['a', 'b', 'c']);
  });

  it('gives an error to whoever gave the task, and begins the next one', async () => {
    const queue = new SerialQueue();
    const rejected = queue.run(() => Promise.reject(new Error('rejected')));
    const thrown = queue.run(() => {
      throw new Error('thrown');
    });
    const next = queue.run(() => 'next');
    await assert.rejects(rejected, /^Error: rejected$/);
    await assert.rejects(thrown, /^Error: thrown$/);
    assert.equal(await next, 'next');
  });

  it('is idle when all tasks have ended, and waits for those that were given by then', async () => {
    const queue = new SerialQueue();
    assert.equal(queue.isIdle, true);
    await queue.idle();
    const log: string[] = [];
    const [first, failing, later] = [task(log, 'first'), task(log, 'failing'), task(log, 'later')];
    const results = [queue.run(first.run), queue.run(failing.run)];
    const idle = queue.idle().then(() => log.push('idle'));
    const last = queue.run(later.run);
    assert.equal(queue.isIdle, false);
    first.end();
    await nextTurn();
    assert.deepEqual(log, ['first', 'failing']);
    failing.fail();
    await Promise.allSettled(results);
    await idle;
    assert.equal(queue.isIdle, false, 'a later task runs');
    later.end();
    await last;
    assert.equal(queue.isIdle, true, 'when the result of the last one is there');
    assert.deepEqual(log.sort(), ['failing', 'first', 'idle', 'later']);
  });

  it('takes a task from within a task, which runs after those that wait', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    let inner: Promise<unknown> | undefined;
    await Promise.all([
      queue.run(() => {
        inner = queue.run(() => log.push('inner'));
        log.push('outer');
      }),
      queue.run(() => log.push('second')),
    ]);
    await inner;
    assert.deepEqual(log, ['outer', 'second', 'inner']);
  });
});

describe('A queue for each key', () => {
  it('runs tasks of one key one after the other, of several keys side by side', async () => {
    const queue = new KeyedQueue<string>();
    const log: string[] = [];
    const [a, b, c] = [task(log, 'x1'), task(log, 'x2'), task(log, 'y1')];
    const results = [queue.run('x', a.run), queue.run('x', b.run), queue.run('y', c.run)];
    await nextTurn();
    assert.deepEqual(log, ['x1', 'y1']);
    a.fail();
    await assert.rejects(results[0]!, /x1/);
    await nextTurn();
    assert.deepEqual(log, ['x1', 'y1', 'x2'], 'after an error, too');
    assert.deepEqual([queue.isBusy('x'), queue.isBusy('y'), queue.isBusy('z')], [true, true, false]);
    b.end();
    c.end();
    await Promise.all(results.slice(1));
    await nextTurn();
    assert.deepEqual([queue.isBusy('x'), queue.isBusy('y')], [false, false]);
  });

  it('is busy with a key while a task of it waits behind another', async () => {
    const queue = new KeyedQueue<number>();
    const log: string[] = [];
    const [first, second] = [task(log, 'first'), task(log, 'second')];
    const results = [queue.run(1, first.run), queue.run(1, second.run)];
    first.end();
    await results[0];
    await nextTurn();
    assert.equal(queue.isBusy(1), true);
    second.end();
    await results[1];
    await nextTurn();
    assert.equal(queue.isBusy(1), false);
  });
});
