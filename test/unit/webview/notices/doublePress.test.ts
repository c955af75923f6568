import assert from 'node:assert/strict';
import { DoublePress } from '../../../../src/webview/notices/DoublePress';

describe('DoublePress', () => {
  const at = (time: number, target: unknown, x = 100): Parameters<DoublePress['counts']>[0] => ({
    at: time,
    x,
    y: 50,
    target,
  });

  it('lets both presses of a double click through while the same thing is there', () => {
    const presses = new DoublePress();
    assert.ok(presses.counts(at(0, 'card')));
    assert.ok(presses.counts(at(120, 'card')));
    assert.ok(presses.counts(at(240, 'card')));
  });

  it('refuses a second press on what has come since the first', () => {
    const presses = new DoublePress();
    assert.ok(presses.counts(at(0, 'card')));
    assert.ok(!presses.counts(at(120, 'Paste Caption')));
    assert.ok(!presses.counts(at(499, undefined)), 'also where there is nothing any more');
    assert.ok(presses.counts(at(500, 'Paste Caption')), 'after the time of a double click it is meant');
  });

  it('lets a press elsewhere through, however soon', () => {
    const presses = new DoublePress();
    assert.ok(presses.counts(at(0, 'card')));
    assert.ok(presses.counts(at(50, 'another card', 107)));
    assert.ok(presses.counts(at(90, 'another card', 103)));
  });
});
