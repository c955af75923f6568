import assert from 'node:assert/strict';
import { EditStack, isSameRun } from '../../../../src/extension/document/EditStack';

describe('The copy of the stack of undo', () => {
  const [page, other] = [{}, {}];

  it('knows what undo and redo concern next, whoever has asked for the last ones', () => {
    const stack = new EditStack();
    const [first, second] = [stack.push(), stack.push({ view: page, run: 1 })];
    assert.equal(stack.next('undo'), second);
    assert.equal(stack.next('redo'), undefined);
    stack.replayed(second, 'undo');
    assert.deepEqual([stack.next('undo'), stack.next('redo')], [first, second]);
    stack.replayed(second, 'redo', page);
    assert.equal(stack.next('undo'), second);
  });

  it('has nothing to make again after a new edit', () => {
    const stack = new EditStack();
    const first = stack.push();
    stack.replayed(first, 'undo');
    const second = stack.push();
    assert.deepEqual([stack.next('undo'), stack.next('redo')], [second, undefined]);
    stack.replayed(first, 'redo');
    assert.equal(stack.next('undo'), second, 'an edit that is not on the stack any more moves nothing');
  });

  it('says whether undo or redo can reach a run of typing', () => {
    const stack = new EditStack();
    const typed = stack.push({ view: page, run: 7 });
    assert.ok(stack.has({ view: page, run: 7 }, 'undo'));
    assert.ok(!stack.has({ view: other, run: 7 }, 'undo'), 'another page counts for itself');
    stack.replayed(typed, 'undo');
    assert.ok(!stack.has({ view: page, run: 7 }, 'undo'));
    assert.ok(stack.has({ view: page, run: 7 }, 'redo'));
  });

  it('counts for each page how often something else has changed it', () => {
    const stack = new EditStack();
    const mine = stack.push({ view: page, run: 1 });
    stack.replayed(mine, 'undo', page);
    assert.deepEqual([stack.changesBesides(page), stack.changesBesides(other)], [0, 2]);
    stack.push();
    assert.deepEqual([stack.changesBesides(page), stack.changesBesides(other)], [1, 3]);
  });

  it('takes edits for one run only if they were typed in one page and one run', () => {
    const stack = new EditStack();
    const one = stack.push({ view: page, run: 1 });
    assert.ok(isSameRun(one, stack.push({ view: page, run: 1 })));
    assert.ok(!isSameRun(one, stack.push({ view: page, run: 2 })));
    assert.ok(!isSameRun(one, stack.push({ view: other, run: 1 })));
    assert.ok(!isSameRun(stack.push(), stack.push()));
    assert.ok(!isSameRun(undefined, undefined));
  });
});
