import assert from 'node:assert/strict';
import { EditHistory, type TypedEdit } from '../../../../src/webview/card/EditHistory';

const edit = (run: number): TypedEdit => ({
  path: 'a.png',
  captionPath: 'a.txt',
  run,
  before: `${run - 1}`,
  after: `${run}`,
});

describe('What the page knows of the stack of undo', () => {
  it('is taken back from the last to the first, and made again from the first to the last', () => {
    const history = new EditHistory();
    for (const run of [1, 2, 3]) history.add(edit(run));
    const keys = ['undo', 'undo', 'redo', 'undo', 'redo', 'redo'] as const;
    assert.deepEqual(
      keys.map((key) => history.take(key)),
      [3, 2, 2, 2, 2, 3].map(edit),
    );
  });

  it('ends where a new edit replaces what could be made again', () => {
    const history = new EditHistory();
    history.add(edit(1));
    history.take('undo');
    history.add(edit(2));
    assert.equal(history.take('redo'), 'none');
    assert.deepEqual(history.take('undo'), edit(2), 'a redo of nothing has changed nothing');
  });

  it('is nothing below its oldest edit, and nothing any more once an unknown edit was taken back', () => {
    const history = new EditHistory();
    history.add(edit(1));
    history.take('undo');
    assert.equal(history.take('undo'), undefined);
    assert.equal(history.take('redo'), undefined, 'what is made again next is the unknown edit');
  });

  it('is nothing below the oldest edit of a page that began with an empty stack, also when asked once too often', () => {
    const history = new EditHistory();
    history.beginEmpty();
    history.add(edit(1));
    const keys = ['undo', 'undo', 'redo', 'redo', 'undo'] as const;
    assert.deepEqual(
      keys.map((key) => history.take(key)),
      [edit(1), 'none', edit(1), 'none', edit(1)],
    );
    history.forget();
    assert.equal(history.take('undo'), undefined, 'what is below is not known any more');
  });

  it('is forgotten when something else changed the stack', () => {
    const history = new EditHistory();
    history.add(edit(1));
    history.forget();
    assert.equal(history.take('undo'), undefined);
  });
});
