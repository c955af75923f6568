import { during, messages, place } from '../askingVscode';
import assert from 'node:assert/strict';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset } from '../../../../src/dataset/Dataset';
import type { GridSession } from '../../../../src/extension/grid/GridSession';
import { deleteImages } from '../../../../src/extension/images/deleteImages';
import { captionOf, openDataset } from '../../dataset/openDataset';
import { namesIn, testFolder, writeFiles } from '../../shared/testFolder';

describe('Deleting images', () => {
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  let dataset: Dataset;

  beforeEach(async () => {
    messages.length = 0;
    const files = { 'a.png': '', 'a.txt': 'cat', 'b.png': '', 'b.txt': 'dog', 'c.png': '', 'c.txt': 'owl' };
    dataset = await openDataset(folder(), files);
  });
  afterEach(() => {
    during.question = () => undefined;
    Object.assign(place, { remoteName: undefined, uiKind: 1, settings: {} });
  });

  /** Deletes images; `meanwhile` happens while the question is open. @returns the questions and messages */
  async function deleted(images: string[], meanwhile: () => unknown): Promise<string[]> {
    during.question = meanwhile;
    const document = {
      dataset,
      uri: { fsPath: folder() },
      commit: () => undefined,
      saveQuietly: () => dataset.save(),
      reconcile: (paths: string[]) => dataset.reconcile(paths),
    };
    const session = {
      document,
      imagesIn: () => Promise.resolve(images.map((name) => dataset.image(name)!)),
      deselectMissing: () => undefined,
    };
    const asSession = session as unknown as GridSession;
    await deleteImages(asSession, { scope: 'selection' }, () => undefined);
    return messages.map(({ text }) => text);
  }

  for (const [where, given, said] of [
    ['goes to the trash on a desktop', {}, /moved to the trash/],
    [
      'is for good on a server, which has no trash',
      { remoteName: 'ssh-remote' },
      /permanently, because there is no trash/,
    ],
    ['is for good in a browser, which has no trash', { uiKind: 2 }, /permanently, because there is no trash/],
    ['is for good where the user has no trash', { settings: { enableTrash: false } }, /files\.enableTrash is off/],
  ] as const) {
    it(`${where}, and the one question says so`, async () => {
      Object.assign(place, given);
      await deleted(['a.png'], () => undefined);
      assert.deepEqual(messages.length, 1);
      assert.match(messages[0]?.detail ?? '', said);
      assert.deepEqual(await namesIn(folder()), ['b.png', 'b.txt', 'c.png', 'c.txt']);
    });
  }

  it('deletes the images and captions of the question, unsaved edits saved first', async () => {
    dataset.setText(captionOf(dataset, 'a.png'), 'cat, typed');
    assert.deepEqual(await deleted(['a.png', 'b.png'], () => undefined), ['Delete 2 images and 2 captions?']);
    assert.deepEqual(await namesIn(folder()), ['c.png', 'c.txt']);
  });

  it('keeps an image whose caption was changed, or came, while the question was open', async () => {
    await rm(inFolder('c.txt'));
    await dataset.reconcile(['c.txt']);
    const said = await deleted(['a.png', 'b.png', 'c.png'], async () => {
      // By another program, which nothing has noticed yet, and by typing.
      await writeFile(inFolder('a.txt'), 'written since');
      await writeFile(inFolder('c.txt'), 'came since');
      dataset.setText(captionOf(dataset, 'b.png'), 'typed since');
    });
    assert.deepEqual(said, [
      'Delete 3 images and 2 captions?',
      'Files not deleted: 3. a.png: Its caption was changed after you were asked, so both were kept.',
    ]);
    assert.deepEqual(await namesIn(folder()), ['a.png', 'a.txt', 'b.png', 'b.txt', 'c.png', 'c.txt']);
  });

  it('keeps a caption that an image uses which came while the question was open', async () => {
    const said = await deleted(['a.png'], () => writeFile(inFolder('a.jpg'), ''));
    assert.deepEqual(said, [
      'Delete a.png and its caption?',
      'Not deleted: a.txt: Another image uses it now, so it was kept.',
    ]);
    assert.deepEqual(await namesIn(folder()), ['a.jpg', 'a.txt', 'b.png', 'b.txt', 'c.png', 'c.txt']);
  });

  it('deletes the links to a shared caption with the last of their images, and never the file that they lead to', async () => {
    await writeFiles(folder(), { '1.png': '', '2.png': '', 'store/blob': 'shared' });
    for (const name of ['1.txt', '2.txt']) await symlink('store/blob', inFolder(name));
    await dataset.load();
    assert.deepEqual(await deleted(['1.png'], () => undefined), ['Delete 1.png?']);
    assert.deepEqual((await namesIn(folder())).slice(0, 3), ['1.txt', '2.png', '2.txt']);
    await writeFiles(folder(), { '1.png': '' });
    await dataset.load();
    messages.length = 0;
    assert.deepEqual(await deleted(['1.png', '2.png'], () => undefined), ['Delete 2 images and 1 caption?']);
    assert.deepEqual(
      (await namesIn(folder())).filter((name) => /^[12]/.test(name)),
      [],
    );
    assert.equal(await readFile(inFolder('store/blob'), 'utf8'), 'shared');
  });

  it('deletes no caption of an image that went while the question was open', async () => {
    const said = await deleted(['a.png', 'b.png'], () => rm(inFolder('a.png')));
    assert.deepEqual(said, [
      'Delete 2 images and 2 captions?',
      'Not deleted: a.png: It came or went after you were asked, so nothing of it was deleted.',
    ]);
    assert.deepEqual(await namesIn(folder()), ['a.txt', 'c.png', 'c.txt']);
  });
});
