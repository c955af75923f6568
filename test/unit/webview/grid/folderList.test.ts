import assert from 'node:assert/strict';
import { folderLengths } from '../../../../src/dataset/view/folderLengths';
import { FolderList } from '../../../../src/webview/grid/FolderList';
import { waitingKey } from '../../../../src/webview/grid/waitingKey';
import type { PressedKey } from '../../../../src/webview/shared/pressedKey';

const images = (...folders: [name: string, count: number][]): { path: string }[] =>
  folders.flatMap(([name, count]) => Array.from({ length: count }, (_, index) => ({ path: `${name}/${index}.png` })));

describe('The folders of a list', () => {
  it('have the lengths of the runs of images in them, in either direction', () => {
    const list = images(['a', 3], ['b', 1], ['b/c', 5]);
    assert.deepEqual(folderLengths(list, 10), [3, 1, 5]);
    assert.deepEqual(folderLengths([...list].reverse(), 10), [5, 1, 3]);
    assert.deepEqual(folderLengths([], 10), []);
    assert.equal(folderLengths(list, 2), undefined, 'more than one wants to know');
    assert.deepEqual(folderLengths(list, 3), [3, 1, 5]);
  });

  it('lead to the next one, and back to the first image of this one and of the one before', () => {
    // They begin at 0, 3 and 4, and end at 9.
    const list = new FolderList(1, [3, 1, 5]);
    assert.deepEqual(
      [0, 2, 3, 4, 8].map((index) => list.target(1, index)),
      [3, 3, 4, undefined, undefined],
    );
    assert.deepEqual(
      [0, 2, 3, 4, 8].map((index) => list.target(-1, index)),
      [undefined, 0, 0, 3, 4],
    );
    assert.equal(new FolderList(1, []).target(1, 0), undefined);
  });

  it('are said in less than 100 kB, even if there are 20,000 of them', () => {
    const lengths = Array.from({ length: 20_000 }, (_, index) => (index % 3 === 0 ? 1000 : 40));
    const bytes = Buffer.byteLength(JSON.stringify({ lengths }));
    assert.ok(bytes < 100_000, `${bytes} bytes`);
  });
});

describe('A key that is pressed while it is not known where the one before leads', () => {
  const press = (key: string, held: Partial<PressedKey> = {}): string =>
    waitingKey({
      key,
      keyCode: 0,
      ctrlKey: false,
      altKey: false,
      metaKey: false,
      shiftKey: false,
      altGraph: false,
      isComposing: false,
      ...held,
    });
  const ctrl = { ctrlKey: true };

  it('waits if it is one of the page, letters among them', () => {
    for (const key of ['a', 'F2', 'Enter', 'Escape', ' ', 'ArrowLeft', 'Home', 'Delete', 'Tab'])
      assert.equal(press(key), 'wait', key);
    for (const key of ['Enter', 'a', 'f', 'h', 's', 'Home', 'Backspace', 'Delete'])
      assert.equal(press(key, ctrl), 'wait', `Ctrl+${key}`);
    assert.equal(press('Backspace', { metaKey: true }), 'wait', 'deletes an image on macOS');
    assert.equal(press('ArrowDown', { ctrlKey: true, altKey: true }), 'wait', 'another folder');
    assert.equal(press('а', { ctrlKey: true, keyCode: 70 }), 'wait', 'Ctrl+F on a Cyrillic keyboard');
    assert.equal(press('@', { ctrlKey: true, altKey: true, altGraph: true }), 'wait', 'a character with AltGr');
  });

  it('is refused if it would take or give a caption, or take an edit back', () => {
    for (const key of ['c', 'v', 'x', 'z', 'Y']) assert.equal(press(key, ctrl), 'refuse', key);
    assert.equal(press('м', { ctrlKey: true, keyCode: 86 }), 'refuse', 'Ctrl+V on a Cyrillic keyboard');
  });

  it('is refused if only the browser can do what it does', () => {
    for (const key of ['Insert', 'F10', 'Delete']) assert.equal(press(key, { shiftKey: true }), 'refuse', key);
    for (const key of ['ContextMenu', 'Dead', 'Process']) assert.equal(press(key), 'refuse', key);
    assert.equal(press('F10'), 'wait');
  });

  it('passes if it is a shortcut of others or no key of its own', () => {
    assert.equal(press('p', ctrl), 'pass');
    assert.equal(press('Control', ctrl), 'pass');
  });
});
