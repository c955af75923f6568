import assert from 'node:assert/strict';
import { backoff } from '../../../src/base/backoff';

describe('Backoff', () => {
  it('doubles the pause with each retry', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((retry) => backoff(retry, { first: 500 })),
      [500, 1000, 2000, 4000, 8000],
    );
  });

  it('never waits longer than it may, however many retries there were', () => {
    assert.deepEqual(
      [1, 2, 3, 2000].map((retry) => backoff(retry, { first: 250, longest: 600 })),
      [250, 500, 600, 600],
    );
  });

  it('leaves only the part of a pause to chance that is jitter', () => {
    const pause = { first: 1000, longest: 4000, jitter: 0.5 };
    assert.deepEqual(
      [0, 0.5, 1].map((chance) => backoff(2, pause, () => chance)),
      [1000, 1500, 2000],
    );
    assert.deepEqual(
      [0, 0.5, 1].map((chance) => backoff(9, pause, () => chance)),
      [2000, 3000, 4000],
    );
  });

  it('spreads clients that lost a server at the same moment', () => {
    const pauses = Array.from({ length: 50 }, () => backoff(1, { first: 1000, jitter: 0.5 }));
    assert.ok(
      pauses.every((pause) => pause >= 500 && pause < 1000),
      pauses.join(),
    );
    assert.ok(new Set(pauses).size > 1);
  });
});
