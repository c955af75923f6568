import assert from 'node:assert/strict';
import { withLimit } from '../../../../src/protocol/channel/withLimit';

describe('Waiting with a limit', () => {
  const late = (): Error => new Error('late');
  const never = new Promise<never>(() => undefined);

  it('gives the answer that comes in time, and the error', async () => {
    assert.equal(await withLimit(Promise.resolve(1), 10_000, late), 1);
    await assert.rejects(withLimit(Promise.reject(new Error('no')), 10_000, late), /no/);
  });

  it('ends with the error that it is given when the time is over', async () => {
    await assert.rejects(withLimit(never, 20, late), /late/);
  });

  it('ends with the reason of its signal, also when that was aborted before', async () => {
    const stopper = new AbortController();
    const waiting = assert.rejects(withLimit(never, 10_000, late, stopper.signal), /enough/);
    stopper.abort(new Error('enough'));
    await waiting;
    await assert.rejects(withLimit(never, 10_000, late, stopper.signal), /enough/);
  });

  it('does not count a time in which this process was blocked itself', async () => {
    const answer = new Promise((resolve) => {
      // The answer is there when the process goes on, but is read only after the timers.
      setTimeout(() => setTimeout(resolve, 5), 0);
    });
    const waiting = withLimit(answer, 500, late);
    for (const end = performance.now() + 800; performance.now() < end;);
    await waiting;
  });
});
