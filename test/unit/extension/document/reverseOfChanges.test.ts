import assert from 'node:assert/strict';
import { movedBy, reverseOfChanges, type TextChange } from '../../../../src/extension/document/reverseOfChanges';

const change = (rangeOffset: number, rangeLength: number, text: string): TextChange => ({
  rangeOffset,
  rangeLength,
  text,
});

/** The text after changes of it that do not touch each other. */
function applied(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.rangeOffset - a.rangeOffset)
    .reduce((now, { rangeOffset: at, rangeLength, text: comes }) => {
      return now.slice(0, at) + comes + now.slice(at + rangeLength);
    }, text);
}

describe('the reverse of the changes of a text', () => {
  it('takes back several changes of one event, each at its place', () => {
    const before = 'one two three';
    const changes = [change(8, 5, '3'), change(4, 0, '1.5 '), change(0, 3, 'longer')];
    const after = applied(before, changes);
    assert.equal(after, 'longer 1.5 two 3');
    const reverse = reverseOfChanges(before, changes);
    assert.deepEqual(reverse, [change(0, 6, 'one'), change(7, 4, ''), change(15, 1, 'three')]);
    assert.equal(applied(after, reverse), before);
  });

  /** What stands there when `notes` went from `in notes!` by an undo, somebody made a change, and it is taken back. */
  function broughtBack(typed: TextChange): string | undefined {
    const reverse = movedBy(typed, reverseOfChanges('in notes!', [change(2, 6, '')]));
    return reverse && applied(applied('in!', [typed]), reverse);
  }

  it('puts back a text before, behind and at whose place was typed', () => {
    assert.equal(broughtBack(change(0, 0, 'typed ')), 'typed in notes!');
    assert.equal(broughtBack(change(2, 0, ' more')), 'in notes more!');
    assert.equal(broughtBack(change(3, 0, ' more')), 'in notes! more');
    assert.equal(broughtBack(change(1, 1, '')), 'i notes!');
    assert.equal(broughtBack(change(2, 1, '?')), 'in notes?');
  });

  it('gives up where the place itself is gone', () => {
    assert.equal(broughtBack(change(0, 3, '')), undefined);
  });

  it('keeps what was typed before, behind, or over what an undo brought, and gives up if it was typed inside', () => {
    const reverse = reverseOfChanges('a new z', [change(2, 3, 'first')]);
    const after = (typed: TextChange): string | undefined => {
      const moved = movedBy(typed, reverse);
      return moved && applied(applied('a first z', [typed]), moved);
    };
    assert.equal(after(change(2, 0, 'X')), 'a Xnew z');
    assert.equal(after(change(7, 0, 'X')), 'a newX z');
    assert.equal(after(change(2, 5, 'X')), 'a newX z');
    assert.equal(after(change(4, 0, 'X')), undefined);
    assert.equal(after(change(4, 5, '')), undefined);
  });

  it('keeps the order of texts whose places have become one', () => {
    const reverse = reverseOfChanges('1 and 2', [change(6, 1, ''), change(0, 1, '')]);
    assert.deepEqual(movedBy(change(0, 5, ''), reverse), [change(0, 0, '1'), change(0, 0, '2')]);
  });
});
