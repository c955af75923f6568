import assert from 'node:assert/strict';
import { folderLengths } from '../../../../src/dataset/view/folderLengths';
import { FolderList } from '../../../../src/webview/grid/FolderList';
import { waitingKey } from '../../../../src/webview/grid/waitingKey';

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
  const press = (key: string, ctrlKey = false, altKey = false): string =>
    waitingKey({ key, ctrlKey, altKey, metaKey: false, shiftKey: false });

  it('waits if it is one of the page, letters among them', () => {
    for (const key of ['a', 'F2', 'Enter', 'Escape', ' ', 'ArrowLeft', 'Delete']) assert.equal(press(key), 'wait', key);
    assert.equal(press('Enter', true), 'wait');
    assert.equal(press('a', true), 'wait', 'all');
    assert.equal(press('ArrowDown', true, true), 'wait', 'another folder');
  });

  it('is refused if it would take or give a caption, or take an edit back', () => {
    for (const key of ['c', 'v', 'x', 'z', 'Y']) assert.equal(press(key, true), 'refuse', key);
  });

  it('passes if it is a shortcut of others or no key of its own', () => {
    assert.equal(press('p', true), 'pass');
    assert.equal(press('Control', true), 'pass');
  });
});
