import assert from 'node:assert/strict';
import { ConnectionWatch } from '../../../../src/webview/editor/ConnectionWatch';

const used = { isWaiting: false, isUsed: true };
const waiting = { isWaiting: true, isUsed: true };

describe('ConnectionWatch', () => {
  /** Looks every 500 ms from one time up to another; says when it asked. */
  const lookOn = (watch: ConnectionWatch, from: number, to: number, activity = used): number[] => {
    const asked: number[] = [];
    for (let now = from; now <= to; now += 500) if (watch.look(now, activity)) asked.push(now);
    return asked;
  };

  it('asks every five seconds while the page is used, and never while it is not', () => {
    const watch = new ConnectionWatch(0);
    assert.deepEqual(lookOn(watch, 0, 5000), [5000]);
    watch.heard(5100);
    assert.deepEqual(lookOn(watch, 5500, 10_500), [10_500]);
    const hidden = new ConnectionWatch(0);
    assert.deepEqual(lookOn(hidden, 0, 60_000, { isWaiting: false, isUsed: false }), []);
  });

  it('asks sooner when something is not confirmed, but not while the host talks', () => {
    const watch = new ConnectionWatch(0);
    for (let now = 0; now < 20_000; now += 500) {
      watch.heard(now);
      assert.equal(watch.look(now, waiting), false);
    }
    // It was heard last at 19,500.
    assert.deepEqual(lookOn(watch, 20_000, 22_000, waiting), [20_500]);
  });

  it('gives a busy host four seconds', () => {
    const watch = new ConnectionWatch(0);
    assert.deepEqual(lookOn(watch, 500, 4500, waiting), [1000]);
    assert.equal(watch.isLost, false);
    watch.heard(4900);
    assert.deepEqual(lookOn(watch, 5000, 9500, waiting), [6000]);
    assert.equal(watch.isLost, false);
    watch.look(10_000, waiting);
    assert.equal(watch.isLost, true);
  });

  it('goes on asking while the connection is gone, and ends that with anything it hears', () => {
    const watch = new ConnectionWatch(0);
    assert.deepEqual(lookOn(watch, 500, 16_500, waiting), [1000, 6000, 11_000, 16_000]);
    assert.equal(watch.isLost, true);
    watch.heard(16_600);
    assert.equal(watch.isLost, false);
    assert.deepEqual(lookOn(watch, 17_000, 18_500, waiting), [18_000]);
  });

  it('blames no connection for the time in which the page itself stood still', () => {
    const watch = new ConnectionWatch(0);
    assert.deepEqual(lookOn(watch, 500, 2000, waiting), [1000]);
    watch.look(60_000, waiting);
    assert.equal(watch.isLost, false, 'the computer slept');
    lookOn(watch, 60_500, 63_500, waiting);
    assert.equal(watch.isLost, false);
    watch.look(64_000, waiting);
    assert.equal(watch.isLost, true);
  });
});
