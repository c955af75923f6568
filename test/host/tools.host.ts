import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { captions, datasetTab, makeDataset, openDataset, recordTagger, until } from './hostDatasets';

/** What a tool answers to a model, as it would be called in a chat. */
async function call<T>(tool: string, input: object): Promise<T> {
  const { content } = await vscode.lm.invokeTool(`datasetCaptions_${tool}`, { input, toolInvocationToken: undefined });
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return JSON.parse(part.value) as T;
}

interface EditAnswer {
  changed: string[];
  refused: { image: string; reason: string }[];
}

describe('the tools for language models', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await makeDataset();
    await writeFile(path.join(folder, '5_scenery/sunset.txt'), 'rare_tag, sky\n');
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  it('are there with a description and a schema each', () => {
    const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('datasetCaptions_'));
    assert.deepEqual(ours.map(({ name }) => name.replace('datasetCaptions_', '')).sort(), [
      'countTags',
      'editCaptions',
      'listImages',
      'readCaptions',
    ]);
    for (const { description, inputSchema } of ours) {
      assert.ok(description.length > 100);
      assert.equal((inputSchema as { type: string }).type, 'object');
    }
  });

  it('list the images of a search page by page, read captions and count tags', async () => {
    const list = await call<{ total: number; images: { image: string; hasCaption: boolean }[] }>('listImages', {
      directory: folder,
      query: '-is:empty',
      offset: 1,
      limit: 2,
    });
    assert.equal(list.images.length, 2);
    assert.equal(list.total, Object.keys(await captions(folder)).length);
    const read = await call<{ captions: { image: string; caption: string }[]; notFound: string[] }>('readCaptions', {
      directory: path.basename(folder),
      images: ['5_scenery/sunset.png', '../secret.png'],
    });
    assert.deepEqual(read.captions, [{ image: '5_scenery/sunset.png', caption: 'rare_tag, sky', unsaved: false }]);
    assert.deepEqual(read.notFound, ['../secret.png']);
    const counted = await call<{ tags: object[] }>('countTags', { directory: folder, contains: 'RARE' });
    assert.deepEqual(counted.tags, [{ tag: 'rare_tag', count: 1 }]);
  });

  it('say who wrote what, if a model asks', async () => {
    await recordTagger(folder, '5_scenery/sunset.txt', ['rare_tag', 'boat']);
    const images = ['5_scenery/sunset.png'];
    const [plain] = (await call<{ captions: object[] }>('readCaptions', { directory: folder, images })).captions;
    assert.deepEqual(plain, { image: images[0], caption: 'rare_tag, sky', unsaved: false });
    const answer = await call<{ captions: { parts: { when?: string }[]; deletedByHand: { text: string }[] }[] }>(
      'readCaptions',
      { directory: folder, images, origins: true },
    );
    const [{ parts, deletedByHand } = { parts: [], deletedByHand: [] }] = answer.captions;
    assert.match(parts[0]?.when ?? '', /^20\d\d-.*Z$/);
    assert.deepEqual(
      parts.map(({ when, ...part }) => ({ ...part, isTimed: when !== undefined })),
      [
        { text: 'rare_tag', by: 'tagger', name: 'wd', score: 0.9, isTimed: true },
        { text: 'sky', by: 'hand', isTimed: false },
      ],
    );
    assert.deepEqual(
      deletedByHand.map(({ text }) => text),
      ['boat'],
    );
    await assert.rejects(call('readCaptions', { directory: folder, images, origins: 'yes' }), /origins|boolean/);
  });

  it('stay in the workspace and the open datasets', async () => {
    await assert.rejects(call('listImages', { directory: '/' }), /neither in the workspace nor open as a dataset/);
    await assert.rejects(call('listImages', { directory: '..' }), /neither in the workspace nor open as a dataset/);
    await assert.rejects(call('listImages', { directory: folder, limit: 1000 }), /limit|1000/);
  });

  // VS Code answers dialogs itself while it runs tests like these; test/browser/tools.test.ts looks at the question.
  it('change captions as one edit that undo takes back, and nothing that was changed since', async () => {
    await openDataset(folder);
    const before = await captions(folder);
    const cat = before['10_cat/locomotion.txt']!.trimEnd();
    const edits = [
      { image: '5_scenery/sunset.png', expected: 'rare_tag, sky', caption: 'sunset, sky' },
      { image: '10_cat/locomotion.jpg', expected: cat, caption: `${cat}, cat` },
      { image: '5_scenery/alps.jpg', expected: 'what the model dreamed of', caption: 'lost' },
    ];
    const { changed, refused } = await call<EditAnswer>('editCaptions', { directory: folder, edits });
    assert.deepEqual(changed, ['5_scenery/sunset.png', '10_cat/locomotion.jpg']);
    assert.deepEqual(refused, [{ image: '5_scenery/alps.jpg', reason: 'It was changed meanwhile.' }]);
    await until('the new caption', async () => (await captions(folder))['5_scenery/sunset.txt'] === 'sunset, sky\n');
    assert.equal((await captions(folder))['5_scenery/alps.txt'], before['5_scenery/alps.txt']);
    await until('the tab clean', () => datasetTab(folder)?.isDirty === false);
    await vscode.commands.executeCommand('undo');
    await until('the old captions', async () => JSON.stringify(await captions(folder)) === JSON.stringify(before));
  });

  it('open the dataset first where it is not', async () => {
    const edits = [{ image: '5_scenery/sunset.png', expected: 'rare_tag, sky', caption: 'sunset' }];
    assert.deepEqual(await call('editCaptions', { directory: folder, edits }), {
      changed: ['5_scenery/sunset.png'],
      refused: [],
    });
    await until('the tab of the dataset', () => datasetTab(folder) !== undefined);
    await until('the new caption', async () => (await captions(folder))['5_scenery/sunset.txt'] === 'sunset\n');
  });
});
