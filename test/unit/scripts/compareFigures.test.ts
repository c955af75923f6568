import assert from 'node:assert/strict';
import { compareFigures, describeChanges } from '../../../bench/compareFigures.mjs';

/** The names of the figures that got much worse. */
function worse(before: unknown, now: unknown): string[] {
  return compareFigures(before, now)
    .filter((change) => change.worse)
    .map(({ name }) => name);
}

describe('comparing two runs of a benchmark', () => {
  it('finds a time that is a third longer, wherever it stands', () => {
    assert.deepEqual(worse({ rows: [{ saveMs: 100 }] }, { rows: [{ saveMs: 134 }] }), ['rows › 0 › saveMs']);
  });

  it('takes what varies on a shared machine for noise', () => {
    assert.deepEqual(worse({ saveMs: 100, firstMs: 2 }, { saveMs: 125, firstMs: 6 }), []);
  });

  it('finds a rate that fell, and is glad of one that rose', () => {
    const before = { filesPerSecond: 1000, 'images/s': 20 };
    assert.deepEqual(worse(before, { filesPerSecond: 600, 'images/s': 40 }), ['filesPerSecond']);
  });

  it('does not judge what is no figure, or was not measured before', () => {
    assert.deepEqual(compareFigures({ images: 10, name: 'a' }, { images: 1000, name: 'b', saveMs: 3 }), []);
  });

  it('shows each figure in a row with its change', () => {
    const changes = compareFigures({ saveMs: 100 }, { saveMs: 150 });
    assert.match(describeChanges(changes), /\| saveMs \| 100 \| 150 \| 50 % \*\*worse\*\* \|/);
  });
});
