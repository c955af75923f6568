import assert from 'node:assert/strict';
import { historyKey } from '../../../../src/webview/undo/historyKey';

/** What a key means: `ctrl+shift+z`, with the key code that it has on a keyboard of the usual layout. */
function meaning(keys: string, keyCode?: number): string | undefined {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  return historyKey({
    key: parts.includes('shift') ? key.toUpperCase() : key,
    keyCode: keyCode ?? key.toUpperCase().charCodeAt(0),
    ctrlKey: parts.includes('ctrl'),
    metaKey: parts.includes('cmd'),
    shiftKey: parts.includes('shift'),
    altKey: parts.includes('alt'),
  });
}

describe('The keys of undo and saving', () => {
  it('are those of Windows, Linux and macOS', () => {
    for (const command of ['ctrl', 'cmd']) {
      assert.equal(meaning(`${command}+z`), 'undo');
      assert.equal(meaning(`${command}+shift+z`), 'redo');
      assert.equal(meaning(`${command}+y`), 'redo');
      assert.equal(meaning(`${command}+s`), 'save');
    }
  });

  it('are known by their code where a layout has other letters', () => {
    assert.equal(meaning('ctrl+я', 90), 'undo');
    assert.equal(meaning('ctrl+ы', 83), 'save');
  });

  it('leave other shortcuts and typing alone', () => {
    for (const keys of [
      'z',
      's',
      'shift+z',
      'ctrl+alt+z',
      'ctrl+alt+s',
      'ctrl+shift+s',
      'ctrl+shift+y',
      'ctrl+cmd+z',
    ]) {
      assert.equal(meaning(keys), undefined, keys);
    }
    assert.equal(meaning('ctrl+k'), undefined);
  });
});
