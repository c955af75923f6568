import assert from 'node:assert/strict';
import { StackOrder } from '../../../../src/webview/notices/StackOrder';

describe('StackOrder', () => {
  const fromTop = (numbers: ReadonlyMap<string, number>): string[] =>
    [...numbers].sort(([, a], [, b]) => b - a).map(([id]) => id);

  it('puts what comes on top of what is there', () => {
    const order = new StackOrder();
    assert.deepEqual(fromTop(order.update(['selection'])), ['selection']);
    assert.deepEqual(fromTop(order.update(['job', 'selection'])), ['job', 'selection']);
    assert.deepEqual(fromTop(order.update(['problem', 'job', 'selection'])), ['problem', 'job', 'selection']);
  });

  it('keeps the places of the others when one goes, and puts it on top when it comes again', () => {
    const order = new StackOrder();
    order.update(['a']);
    order.update(['a', 'b']);
    order.update(['a', 'b', 'c']);
    assert.deepEqual(fromTop(order.update(['a', 'c'])), ['c', 'a']);
    assert.deepEqual(fromTop(order.update(['a', 'b', 'c'])), ['b', 'c', 'a']);
  });
});
