import assert from 'node:assert/strict';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import { SelectionMarks } from '../../../../src/webview/grid/SelectionMarks';

const item = (path: string, selected = false): CardItem => ({
  index: 0,
  path,
  captionPath: `${path}.txt`,
  text: '',
  save: { state: 'saved' },
  draft: 0,
  warnings: [],
  imageVersion: '1',
  selected,
});

/** A position in the first order. */
const at = (index: number): { order: number; index: number } => ({ order: 1, index });

describe('SelectionMarks', () => {
  it('shows commands at once, the later over the earlier', () => {
    const marks = new SelectionMarks();
    marks.add({ kind: 'all' });
    assert.ok(marks.isSelected(item('a'), at(0), 1));
    marks.add({ kind: 'only', path: 'b' });
    assert.equal(marks.isSelected(item('a', true), at(0), 1), false);
    assert.ok(marks.isSelected(item('b'), at(1), 1));
    marks.add({ kind: 'range', from: 5, to: 3, order: 1, keep: true });
    assert.deepEqual(
      [2, 3, 4, 5, 6].map((index) => marks.isSelected(item(`${index}`), at(index), 1)),
      [false, true, true, true, false],
    );
    assert.ok(marks.isSelected(item('b'), at(1), 1), 'kept');
    marks.add({ kind: 'range', from: 0, to: 0, order: 1, keep: false });
    assert.equal(marks.isSelected(item('b'), at(1), 1), false);
    marks.add({ kind: 'none' });
    assert.equal(marks.isSelected(item('a'), at(0), 1), false);
  });

  it('shows a card that has the answer as the host says, and others as asked for', () => {
    const marks = new SelectionMarks();
    const mark = marks.add({ kind: 'toggle', path: 'a' }, true);
    marks.answer(mark, 7);
    assert.ok(marks.isSelected(item('a', false), at(0), 6), 'an older card');
    assert.equal(marks.isSelected(item('a', false), at(0), 7), false, 'the host refused');
    marks.settle(7);
    assert.equal(marks.isSelected(item('a', false), at(0), 6), false, 'forgotten');
  });

  it('does not toggle twice when the card has it already', () => {
    const marks = new SelectionMarks();
    marks.add({ kind: 'toggle', path: 'a' }, true);
    assert.ok(marks.isSelected(item('a', true), at(0), 7));
  });
});
