import assert from 'node:assert/strict';
import type { GridSnapshot } from '../../../../src/protocol/page/gridProtocol';
import type { EditorActions } from '../../../../src/webview/shared/actions';
import type { PageHost } from '../../../../src/webview/shared/host';
import { editorActions } from '../../../../src/webview/editor/editorActions';

/** The actions of a page, and what they did, in order. */
function page(answers: Record<string, unknown> = {}): { actions: EditorActions; did: unknown[][] } {
  const did: unknown[][] = [];
  const note =
    (name: string) =>
    (...what: unknown[]): void => {
      did.push([name, ...what]);
    };
  const request = (method: string, params: unknown): Promise<never> => {
    did.push(['request', method, params]);
    return method in answers
      ? Promise.resolve(answers[method] as never)
      : Promise.reject(new Error(`No answer to ${method}`));
  };
  const host: PageHost = {
    request,
    tryRequest: (method, params) => request(method, params).catch(() => undefined),
    command: note('command'),
    post: note('post'),
    applySnapshot: note('applySnapshot'),
  };
  let searched = '';
  const actions = editorActions({
    host,
    query: () => searched,
    search: (query) => {
      searched = query;
      did.push(['search', query]);
      return Promise.resolve();
    },
    setSort: note('setSort'),
    show: note('show'),
    openBulkEdit: note('openBulkEdit'),
    announce: note('announce'),
    commitAll: note('commitAll'),
    askToDelete: note('askToDelete'),
    forgetHistory: note('forgetHistory'),
    focusedImage: note('focusedImage'),
  });
  return { actions, did };
}

describe('the actions of the editor', () => {
  it('commit what was typed before the host works with captions', () => {
    for (const method of ['captionEmpty', 'captionAll', 'save'] as const) {
      const { actions, did } = page();
      actions[method]();
      assert.deepEqual(did, [['commitAll'], ['command', method, {}]]);
    }
    const { actions, did } = page();
    actions.captionSelection();
    assert.deepEqual(did, [['commitAll'], ['command', 'captionImages', { scope: 'selection' }]]);
  });

  it('on one image commit what was typed, and those that edit it forget what undo would have brought', () => {
    const { actions, did } = page();
    actions.captionImage('a.png');
    actions.resolveConflict('a.png', 'mine');
    actions.convertToUtf8('a.png');
    assert.deepEqual(did, [
      ['commitAll'],
      ['command', 'captionImage', { path: 'a.png' }],
      ['commitAll'],
      ['forgetHistory'],
      ['command', 'resolveConflict', { path: 'a.png', choice: 'mine' }],
      ['commitAll'],
      ['forgetHistory'],
      ['command', 'convertToUtf8', { path: 'a.png' }],
    ]);
  });

  it('are about the selection where no image is named', () => {
    for (const method of ['copyCaption', 'pasteCaption'] as const) {
      const { actions, did } = page();
      actions[method]();
      actions[method]({ path: 'a.png' });
      // A paste is an edit that the page does not know: it no longer says what undo brings.
      const first = method === 'pasteCaption' ? [['commitAll'], ['forgetHistory']] : [['commitAll']];
      assert.deepEqual(did, [
        ...first,
        ['command', method, { scope: 'selection' }],
        ...first,
        ['command', method, { path: 'a.png' }],
      ]);
    }
    const { actions, did } = page();
    actions.deleteImages();
    actions.deleteImages({ path: 'a.png' });
    assert.deepEqual(did, [
      ['commitAll'],
      ['askToDelete', { scope: 'selection' }],
      ['commitAll'],
      ['askToDelete', { path: 'a.png' }],
    ]);
  });

  it('paste the text that the page has read from the clipboard', () => {
    const { actions, did } = page();
    actions.pasteCaption({ path: 'a.png' }, 'sky, tree');
    assert.deepEqual(did, [
      ['commitAll'],
      ['forgetHistory'],
      ['command', 'pasteCaption', { path: 'a.png', text: 'sky, tree' }],
    ]);
  });

  it('show the selection as the answer says it is', async () => {
    const snapshot = { version: 3 } as GridSnapshot;
    const { actions, did } = page({ select: { snapshot } });
    actions.selectAll();
    await new Promise(setImmediate);
    assert.deepEqual(did, [
      ['request', 'select', { command: { kind: 'all' } }],
      ['applySnapshot', snapshot],
    ]);
    const failing = page();
    failing.actions.clearSelection();
    await new Promise(setImmediate);
    assert.deepEqual(failing.did, [['request', 'select', { command: { kind: 'none' } }]]);
  });

  it('search at once for what a filter makes of the search, and suggest nothing where the host cannot', async () => {
    const { actions, did } = page();
    void actions.addFilter('tree', false);
    void actions.addFilter('sky', true);
    assert.deepEqual(did, [
      ['search', 'tag:tree'],
      ['search', 'tag:tree -tag:sky'],
    ]);
    assert.deepEqual(await actions.suggest('tag:', 4), []);
  });
});
