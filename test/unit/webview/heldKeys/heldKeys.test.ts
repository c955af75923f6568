import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HeldKeys } from '../../../../src/webview/heldKeys/HeldKeys';

describe('keys that wait', () => {
  let isAwaited = false;
  const keys = (): HeldKeys<string> => new HeldKeys((key) => isAwaited && key === 'Down');
  const released = (held: HeldKeys<string>): string[] => {
    const out: string[] = [];
    for (let key = held.next(); key !== undefined; key = held.next()) out.push(key);
    return out;
  };

  beforeEach(() => {
    isAwaited = true;
  });

  it('are those that need an answer, and all behind them', () => {
    const held = keys();
    assert.equal(held.take('a'), false);
    assert.equal(held.take('Down'), true);
    assert.equal(held.take('b'), true);
    assert.deepEqual(held.waiting, ['Down', 'b']);
    assert.equal(held.next(), undefined);
    isAwaited = false;
    assert.deepEqual(released(held), ['Down', 'b']);
    assert.equal(held.take('Down'), false);
  });

  it('wait again behind a key that asks anew', () => {
    const held = keys();
    for (const key of ['Down', 'a', 'Down', 'b']) held.take(key);
    isAwaited = false;
    assert.equal(held.next(), 'Down');
    assert.equal(held.next(), 'a');
    isAwaited = true;
    assert.equal(held.next(), undefined);
    assert.equal(held.take('c'), true);
    assert.deepEqual(held.drop(), ['Down', 'b', 'c']);
    assert.equal(held.take('d'), false);
  });

  it('come out in the order in which they were pressed, each once, whenever the answers come', () => {
    const step = fc.oneof(fc.constantFrom('Down', 'a', 'b'), fc.constant('answer'));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const held = keys();
        const applied: string[] = [];
        isAwaited = false;
        // A letter asks for suggestions, as in a field; only an answer ends the waiting.
        const apply = (key: string): void => {
          applied.push(key);
          if (key !== 'Down') isAwaited = true;
        };
        for (const one of [...steps, ...steps.map(() => 'answer')]) {
          if (one !== 'answer') {
            if (!held.take(one)) apply(one);
            continue;
          }
          isAwaited = false;
          for (let key = held.next(); key !== undefined; key = held.next()) apply(key);
        }
        assert.deepEqual(
          applied,
          steps.filter((one) => one !== 'answer'),
        );
      }),
    );
  });
});
