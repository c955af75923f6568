import assert from 'node:assert/strict';
import { pageKey, type PageKeyPlace } from '../../../../src/webview/editor/pageKey';
import { letterOf, type PressedKey } from '../../../../src/webview/shared/pressedKey';

const plain: PressedKey = {
  key: '',
  keyCode: 0,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  altGraph: false,
};
const elsewhere: PageKeyPlace = { isMac: false, isOnGrid: false, isInDialog: false, isAsking: false };
const onGrid: PageKeyPlace = { ...elsewhere, isOnGrid: true };
const asking: PageKeyPlace = { ...onGrid, isAsking: true };
const ctrl = (key: string, more: Partial<PressedKey> = {}): PressedKey => ({ ...plain, key, ctrlKey: true, ...more });
const cmd = (key: string, more: Partial<PressedKey> = {}): PressedKey => ({ ...plain, key, metaKey: true, ...more });

describe('the keys of the page', () => {
  it('search with Ctrl+F and edit with Ctrl+H, wherever the focus is', () => {
    for (const place of [elsewhere, onGrid, asking]) {
      assert.equal(pageKey(ctrl('f'), place), 'search');
      assert.equal(pageKey(ctrl('h'), place), 'bulkEdit');
    }
    assert.equal(pageKey(ctrl('F'), elsewhere), 'search', 'with Caps Lock');
  });

  it('are Cmd+F and Cmd+Alt+F on macOS, where Ctrl+F and Ctrl+H move the caret and delete', () => {
    const place = { ...elsewhere, isMac: true };
    assert.equal(pageKey(cmd('f'), place), 'search');
    assert.equal(pageKey(cmd('ƒ', { altKey: true, keyCode: 70 }), place), 'bulkEdit');
    assert.equal(pageKey(cmd('h'), place), undefined, 'hides the application');
    assert.equal(pageKey(ctrl('f'), place), undefined);
    assert.equal(pageKey(ctrl('h'), place), undefined);
    assert.equal(pageKey(cmd('f'), elsewhere), undefined, 'elsewhere it is the Windows key');
  });

  it('are found on keyboards with other letters', () => {
    assert.equal(pageKey(ctrl('а', { keyCode: 70 }), elsewhere), 'search', 'Cyrillic');
    assert.equal(pageKey(ctrl('η', { keyCode: 72 }), elsewhere), 'bulkEdit', 'Greek');
    // On a Dvorak keyboard the letter counts, not the place of the key.
    assert.equal(pageKey(ctrl('u', { keyCode: 70 }), elsewhere), undefined);
    assert.equal(letterOf({ key: 'Home', keyCode: 36 }), undefined);
    assert.equal(letterOf({ key: 'F2', keyCode: 113 }), undefined);
    assert.equal(letterOf({ key: ';', keyCode: 72 }), undefined);
  });

  it('leave alone what types a character, and the keys of VS Code with Shift or Alt', () => {
    for (const pressed of [
      { ...plain, key: 'f' },
      ctrl('f', { shiftKey: true }),
      ctrl('f', { altKey: true }),
      ctrl('h', { altKey: true, altGraph: true }),
      ctrl('f', { altGraph: true }),
      ctrl('f', { isComposing: true }),
      ctrl('f', { keyCode: 229 }),
      ctrl('f', { metaKey: true }),
      ctrl('z'),
      ctrl('s'),
    ]) {
      assert.equal(pageKey(pressed, elsewhere), undefined, JSON.stringify(pressed));
    }
  });

  it('do nothing while a dialog is open, and go nowhere else', () => {
    const place = { ...elsewhere, isInDialog: true };
    assert.equal(pageKey(ctrl('f'), place), 'nothing');
    assert.equal(pageKey(ctrl('h'), place), 'nothing');
    assert.equal(pageKey({ ...plain, key: 'f' }, place), undefined);
  });

  it('refuse what acts on images while VS Code is about to ask about some, and nothing else', () => {
    const acting = ['Delete', 'Backspace', 'Enter', 'F2', ' ', 'ArrowLeft', 'ArrowDown', 'PageDown', 'Home', 'End'];
    for (const key of acting) {
      assert.equal(pageKey({ ...plain, key }, asking), 'refuse', key);
      assert.equal(pageKey({ ...plain, key }, onGrid), undefined, `${key} when nothing is asked`);
      assert.equal(pageKey({ ...plain, key }, { ...asking, isOnGrid: false }), undefined, `${key} in a caption`);
    }
    for (const key of ['a', 'v', 'End']) assert.equal(pageKey(ctrl(key), asking), 'refuse', key);
    assert.equal(pageKey(ctrl('ArrowDown', { altKey: true }), asking), 'refuse', 'next folder');
    for (const place of [asking, { ...asking, isOnGrid: false }, { ...asking, isInDialog: true }])
      assert.equal(pageKey({ ...plain, key: 'Escape' }, place), 'withdraw', 'wherever the focus is');
    assert.equal(pageKey({ ...plain, key: 'Escape', isComposing: true }, asking), undefined, 'ends a composition');
    assert.equal(pageKey({ ...plain, key: 'Escape' }, onGrid), undefined, 'Escape when nothing is asked');
    for (const key of ['Tab', 'F1', 'Control', 'x']) {
      assert.equal(pageKey({ ...plain, key }, asking), undefined, key);
    }
    for (const key of ['c', 'p', 's', 'z']) assert.equal(pageKey(ctrl(key), asking), undefined, `Ctrl+${key}`);
  });
});
