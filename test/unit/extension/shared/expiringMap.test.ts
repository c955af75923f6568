import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ExpiringMap } from '../../../../src/extension/shared/ExpiringMap';

/** Timers of this process that have not ended. */
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/** In a function of its own, so that no variable of the test holds a value. */
function fill(map: ExpiringMap<number, object>, count: number): WeakRef<object>[] {
  return Array.from({ length: count }, (_, key) => {
    const value = { key };
    map.set(key, value);
    return new WeakRef(value);
  });
}

describe('A map whose values leave by themselves', () => {
  it('has a value for its lifetime, and tells when it has left', async () => {
    const left: string[] = [];
    const map = new ExpiringMap<string, string>(30, (value) => left.push(value));
    map.set('a', 'first');
    assert.equal(map.get('a'), 'first');
    assert.deepEqual(left, []);
    await sleep(90);
    assert.equal(map.get('a'), undefined);
    assert.equal(map.size, 0);
    assert.deepEqual(left, ['first']);
  });

  it('retains nothing of what has left: no entry, no timer, no value', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // The timer of the test itself begins after its first turn.
    await nextTurn();
    const before = timers();
    const map = new ExpiringMap<number, object>(5);
    const references = fill(map, 100);
    assert.equal(timers(), before + 100);
    await sleep(50);
    // The timer of this pause counts, and a weak reference keeps its value, until the turn in which they were used ends.
    await nextTurn();
    assert.equal(map.size, 0);
    assert.equal(timers(), before);
    collect();
    assert.equal(references.filter((reference) => reference.deref() !== undefined).length, 0);
  });

  it('begins the time of a value anew when it is set again, and puts it last', async () => {
    const left: string[] = [];
    const map = new ExpiringMap<string, string>(100, (value) => left.push(value));
    map.set('a', 'old');
    map.set('b', 'other');
    await sleep(60);
    map.set('a', 'new');
    assert.deepEqual(map.keys(), ['b', 'a']);
    assert.deepEqual(map.values(), ['other', 'new']);
    await sleep(60);
    assert.deepEqual(map.values(), ['new']);
    await sleep(100);
    assert.deepEqual(left, ['other', 'new']);
  });

  it('does not tell of a value that was deleted, and leaves no timer of it', async () => {
    const before = timers();
    const left: string[] = [];
    const map = new ExpiringMap<string, string>(5, (value) => left.push(value));
    map.set('a', 'first');
    assert.equal(map.delete('a'), true);
    assert.equal(map.delete('a'), false);
    assert.equal(timers(), before);
    await sleep(20);
    assert.deepEqual(left, []);
  });

  it('is empty and begins no timer once it is disposed', async () => {
    const before = timers();
    const left: string[] = [];
    const map = new ExpiringMap<string, string>(5, (value) => left.push(value));
    map.set('a', 'first');
    map.dispose();
    map.set('b', 'second');
    assert.equal(map.size, 0);
    assert.equal(timers(), before);
    await sleep(20);
    assert.deepEqual(left, []);
  });
});
