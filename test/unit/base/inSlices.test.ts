import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { inSlices } from '../../../src/base/inSlices';

describe('work on many items in slices', () => {
  const items = Array.from({ length: 2000 }, (_, index) => index);
  const burn = (milliseconds: number): void => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };

  it('handles every item once and in order', async () => {
    const seen: number[] = [];
    await inSlices(items, (item, index) => {
      assert.equal(item, index);
      seen.push(item);
    });
    assert.deepEqual(seen, items);
  });

  it('lets timers run in between', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await inSlices(
      items,
      () => {
        burn(0.05);
      },
      { sliceMs: 5 },
    );
    clearInterval(timer);
    assert.ok(ticks >= 5, `${ticks} ticks in 100 ms`);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    let handled = 0;
    const reason = new Error('enough');
    const work = inSlices(
      items,
      () => {
        if (++handled === 100) controller.abort(reason);
        burn(0.5);
      },
      { signal: controller.signal, sliceMs: 5 },
    );
    await assert.rejects(work, reason);
    assert.ok(handled < items.length);
  });
});
