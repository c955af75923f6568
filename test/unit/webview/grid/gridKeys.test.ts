import assert from 'node:assert/strict';
import { gridAction, type GridAction } from '../../../../src/webview/grid/gridKeys';

const action = (keys: string): GridAction | undefined => {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  return gridAction({
    key: key === 'Space' ? ' ' : key,
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Cmd'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  });
};

describe('the keys of the grid', () => {
  it('move without selecting, and select with Shift', () => {
    const move = { kind: 'move', key: 'ArrowDown', ends: false, extend: false, keep: false };
    assert.deepEqual(action('ArrowDown'), move);
    assert.deepEqual(action('Shift+ArrowDown'), { ...move, extend: true });
    assert.deepEqual(action('Ctrl+Shift+ArrowDown'), { ...move, extend: true, keep: true });
  });

  it('go to the ends of everything with Ctrl or Cmd, of the row without', () => {
    const home = { kind: 'move', key: 'Home', extend: false, keep: false };
    assert.deepEqual(action('Home'), { ...home, ends: false });
    assert.deepEqual(action('Ctrl+Home'), { ...home, ends: true });
    assert.deepEqual(action('Cmd+Home'), { ...home, ends: true });
    assert.deepEqual(action('Ctrl+Shift+Home'), { ...home, ends: true, extend: true });
  });

  const kinds: [keys: string, kind: GridAction['kind'] | undefined][] = [
    ['Space', 'toggle'],
    ['Ctrl+Space', 'toggle'],
    ['Shift+Space', 'extend'],
    ['Ctrl+a', 'all'],
    ['Cmd+A', 'all'],
    ['Escape', 'none'],
    ['Enter', 'view'],
    ['F2', 'edit'],
    ['Ctrl+Alt+ArrowUp', 'folder'],
    ['Ctrl+Enter', undefined],
    ['Alt+ArrowUp', undefined],
    ['Ctrl+Shift+a', undefined],
    ['x', undefined],
  ];
  for (const [keys, kind] of kinds) {
    it(`${keys} ${kind === undefined ? 'is left to VS Code' : `means ${kind}`}`, () => {
      assert.equal(action(keys)?.kind, kind);
    });
  }
});
