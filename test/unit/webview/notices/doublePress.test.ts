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

  it('refuses a second press on a control that means something else by now', () => {
    const presses = new DoublePress();
    const button = {};
    const press = (time: number, means: string): boolean => presses.counts({ ...at(time, button), means });
    assert.ok(press(0, 'Dismiss a'));
    assert.ok(press(100, 'Dismiss a'));
    assert.ok(!press(200, 'Dismiss b'));
    assert.ok(press(700, 'Dismiss b'));
  });

  it('knows a card by its place until it has come', () => {
    const presses = new DoublePress();
    const press = (time: number, place: string, means?: string): boolean =>
      presses.counts({ ...at(time, 'image-card'), place, means });
    assert.ok(press(0, '7'));
    assert.ok(press(300, '7', 'a.png'), 'the card came in between');
    assert.ok(press(400, '9', 'a.png'), 'the same image at another place');
    assert.ok(!press(450, '9', 'b.png'));
    assert.ok(press(1000, '7'));
    assert.ok(!press(1100, '8', 'b.png'), 'another place, of which nobody knows what was there');
  });

  it('takes a press for a first one after the user did something else', () => {
    const presses = new DoublePress();
    assert.ok(presses.counts(at(0, 'card')));
    presses.forget();
    assert.ok(presses.counts(at(120, 'another card')));
  });
});
