import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Batch, BatchStatus, DatasetCaptionsApi, DatasetCaptionsExtension } from '../../api';
import { captions, datasetTab, makeDataset, openDataset, recordTagger, until } from './hostDatasets';

/** What the example extension's command returns. */
function example<T>(command: string, ...args: unknown[]): Thenable<T> {
  return vscode.commands.executeCommand<T>(`apiExample.${command}`, ...args);
}

function failsWith(code: string): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof Error);
    assert.equal((thrown as Error & { code?: string }).code, code, thrown.message);
    assert.match(thrown.message, /\.$|^Cancelled/, 'the message is a sentence');
    return true;
  };
}

describe('the API for other extensions', () => {
  let api: DatasetCaptionsApi;
  let folder: string;
  const inFolder = (name: string): string => path.join(folder, name);

  before(async () => {
    const extension = vscode.extensions.getExtension<DatasetCaptionsExtension>('dataset-captions.dataset-captions');
    assert.ok(extension);
    api = (await extension.activate()).getAPI(1);
    const second = vscode.extensions.getExtension('dataset-captions.api-example');
    assert.ok(second, 'the example extension is installed');
    await second.activate();
  });

  beforeEach(async () => {
    folder = await makeDataset();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  it('is handed out in version 1 and in no other', () => {
    const { exports } = vscode.extensions.getExtension<DatasetCaptionsExtension>('dataset-captions.dataset-captions')!;
    assert.equal(exports.getAPI(1), api, 'everybody gets the same one');
    assert.match(api.version, /^1\.\d+$/);
    assert.throws(() => exports.getAPI(2 as 1), failsWith('VERSION_UNSUPPORTED'));
  });

  it('lists the images of a closed folder with their captions, those of a query, and pages of them', async () => {
    await writeFile(inFolder('5_scenery/sunset.txt'), '﻿sky, sea\r\nsecond line\r\n');
    const all = await api.listImages(vscode.Uri.file(folder));
    assert.equal(all.total, all.images.length);
    const sunset = all.images.find(({ name }) => name.startsWith('5_scenery/sunset'));
    assert.ok(sunset);
    assert.equal(sunset.path, inFolder(sunset.name));
    assert.equal(sunset.caption, 'sky, sea\nsecond line');
    assert.deepEqual([sunset.hasCaption, sunset.unsaved], [true, false]);
    assert.equal(sunset.captionPath, inFolder('5_scenery/sunset.txt'));

    const found = await api.listImages(folder, { query: 'tag:sky' });
    assert.deepEqual(
      found.images.map(({ name }) => name),
      all.images.filter(({ caption }) => /(^|, )sky(,|\n|$)/.test(caption)).map(({ name }) => name),
    );
    const page = await api.listImages(folder, { offset: 1, limit: 2 });
    assert.deepEqual(page.images, all.images.slice(1, 3));
    assert.equal(page.total, all.total);
    const below = await api.listImages(inFolder('5_scenery'));
    assert.ok(below.images.some(({ name }) => name === path.basename(sunset.name)));
    await assert.rejects(api.listImages(folder, { query: 'tag:' }), failsWith('QUERY_INVALID'));
  });

  it('shows the example what has no caption and which tags are frequent', async () => {
    const { images } = await api.listImages(folder);
    const empty = images.filter(({ hasCaption }) => !hasCaption);
    assert.deepEqual(await example('showUncaptioned', folder), {
      total: empty.length,
      first: empty.map(({ name }) => name),
    });
    await writeFile(inFolder('5_scenery/sunset.txt'), 'one_of_a_kind, sky');
    const counts = await api.getTagCounts(folder, { query: 'tag:one_of_a_kind' });
    assert.deepEqual(
      [...counts].sort((a, b) => (a.tag < b.tag ? -1 : 1)),
      [
        { tag: 'one_of_a_kind', count: 1 },
        { tag: 'sky', count: 1 },
      ],
    );
    const tags = await example<string[]>('showTags', folder);
    assert.match(tags[0] ?? '', /^.+ \(\d+\)$/);
  });

  it('saves a caption in a closed folder; what another program wrote since stays', async () => {
    const { images } = await api.listImages(folder);
    const image = images.find(({ hasCaption }) => !hasCaption)!;
    const result = await example<{ before: string; after: string; file: string }>(
      'saveCaption',
      image.path,
      'new, one',
    );
    assert.deepEqual(result, { before: '', after: 'new, one', file: image.captionPath });
    assert.equal((await readFile(image.captionPath, 'utf8')).trimEnd(), 'new, one');

    await writeFile(image.captionPath, 'by another program');
    await assert.rejects(api.saveCaption(image.path, 'mine', { expected: 'new, one' }), failsWith('CAPTION_CONFLICT'));
    assert.equal(await readFile(image.captionPath, 'utf8'), 'by another program');
    assert.equal((await api.saveCaption(image.path, '', { expected: 'by another program' })).hasCaption, false);
    assert.equal((await captions(folder))[path.relative(folder, image.captionPath)], undefined);
  });

  it('says who wrote what of a caption, closed or open, and searches for it', async () => {
    const image = inFolder('5_scenery/sunset.png');
    await recordTagger(folder, '5_scenery/sunset.txt', ['sky', 'sea', 'boat']);
    await writeFile(inFolder('5_scenery/sunset.txt'), 'sky, my boat, sea');
    const { path: file, parts, deleted } = await api.getOrigins(image);
    assert.equal(file, image);
    assert.deepEqual(
      parts.map(({ text, by, name, score }) => ({ text, by, name, score })),
      [
        { text: 'sky', by: 'tagger', name: 'wd', score: 0.9 },
        { text: 'my boat', by: 'hand', name: undefined, score: undefined },
        { text: 'sea', by: 'tagger', name: 'wd', score: 0.9 },
      ],
    );
    assert.ok((parts[0]?.when ?? 0) > Date.now() - 600_000);
    assert.deepEqual(
      deleted.map(({ text }) => text),
      ['boat'],
    );
    assert.deepEqual(await example('showOrigins', image), { mine: ['my boat'], deleted: ['boat'] });
    const nothing = await api.getOrigins(inFolder('5_scenery/alps.jpg'));
    assert.ok(nothing.parts.every(({ by, when }) => by === 'hand' && when === undefined));
    await assert.rejects(api.getOrigins(inFolder('none.png')), failsWith('IMAGE_NOT_FOUND'));

    const settings = vscode.workspace.getConfiguration('datasetCaptions');
    await settings.update('records', 'off', vscode.ConfigurationTarget.Global);
    assert.ok((await api.getOrigins(image)).parts.every(({ by }) => by === 'hand'));
    await settings.update('records', undefined, vscode.ConfigurationTarget.Global);

    const found = async (query: string): Promise<string[]> =>
      (await api.listImages(folder, { query })).images.map(({ name }) => name);
    assert.deepEqual(await found('origin:wd'), ['5_scenery/sunset.png']);
    assert.deepEqual(await found('deleted:boat'), ['5_scenery/sunset.png']);
    await openDataset(folder);
    assert.deepEqual(await found('origin:wd'), ['5_scenery/sunset.png']);
    await api.saveCaption(image, 'sea', { expected: 'sky, my boat, sea' });
    assert.deepEqual(
      (await api.getOrigins(image)).parts.map(({ text, by }) => `${text}: ${by}`),
      ['sea: tagger'],
    );
  });

  it('refuses to save over what changed since it listed the images, also when it is not told what was seen', async () => {
    const { images } = await api.listImages(folder);
    const image = images.find(({ hasCaption }) => hasCaption)!;
    await writeFile(image.captionPath, 'by another program');
    await assert.rejects(api.saveCaption(image.path, 'mine'), failsWith('CAPTION_CONFLICT'));
    assert.equal(await readFile(image.captionPath, 'utf8'), 'by another program');
    assert.equal((await api.saveCaption(image.path, 'mine')).caption, 'mine', 'it knows now what is there');
  });

  it('makes a saved caption of an open dataset an edit that undo takes back', async () => {
    await openDataset(folder);
    const { images } = await api.listImages(folder);
    const image = images.find(({ hasCaption }) => hasCaption)!;
    const saved = await api.saveCaption(image.path, 'through the API');
    assert.deepEqual([saved.caption, saved.unsaved], ['through the API', false]);
    assert.equal((await readFile(image.captionPath, 'utf8')).trimEnd(), 'through the API');
    await until('the tab clean', () => datasetTab(folder)?.isDirty === false);
    await vscode.commands.executeCommand('undo');
    await until('the old caption', async () => (await api.getCaption(image.path)).caption === image.caption);
    await until(
      'the old caption on the disk',
      async () => (await readFile(image.captionPath, 'utf8')).trimEnd() === image.caption,
    );
  });

  it('never replaces what is not saved, and captions nothing under it', async () => {
    const settings = vscode.workspace.getConfiguration('datasetCaptions');
    await settings.update('autoSaveDelay', 0, vscode.ConfigurationTarget.Global);
    try {
      await openDataset(folder);
      const { images } = await api.listImages(folder);
      const image = images.find(({ hasCaption }) => hasCaption)!;
      const edits = [{ image: image.name, expected: image.caption, caption: 'not saved' }];
      const input = { directory: folder, edits };
      await vscode.lm.invokeTool('datasetCaptions_editCaptions', { input, toolInvocationToken: undefined });
      const shown = await api.getCaption(image.path);
      assert.deepEqual([shown.caption, shown.unsaved], ['not saved', true]);
      for (const list of [await api.listImages(folder), await api.listImages(path.dirname(folder))]) {
        const listed = list.images.find(({ path: one }) => one === image.path);
        assert.deepEqual([listed?.caption, listed?.unsaved], ['not saved', true], `in ${list.directory}`);
      }
      await assert.rejects(api.saveCaption(image.path, 'mine'), failsWith('UNSAVED_EDIT'));
      await assert.rejects(api.captionImage(image.path), failsWith('UNSAVED_EDIT'));
      await assert.rejects(api.startBatch(folder, 'all'), failsWith('UNSAVED_EDIT'));
      await assert.rejects(api.startBatch(path.dirname(folder), 'all'), failsWith('UNSAVED_EDIT'));
      assert.equal((await readFile(image.captionPath, 'utf8')).trimEnd(), image.caption);
      const saved = await api.saveCaption(image.path, 'mine', { expected: 'not saved' });
      assert.equal(saved.unsaved, false, 'whoever saw the text may replace it');
      assert.equal((await readFile(image.captionPath, 'utf8')).trimEnd(), 'mine');
      await vscode.commands.executeCommand('undo');
      await until(
        'the text that was not saved',
        async () => (await api.getCaption(image.path)).caption === 'not saved',
      );
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await until('a clean tab', () => datasetTab(folder)?.isDirty === false);
    } finally {
      await settings.update('autoSaveDelay', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('captions the images of a folder in an open dataset as a job of that dataset, which undo takes back', async () => {
    const before = await captions(folder);
    await openDataset(folder);
    const batch = await api.startBatch(inFolder('5_scenery'), 'missing');
    assert.equal(batch.directory, folder);
    await until('the end', async () => (await api.getBatchStatus(batch.id)).status === 'completed');
    const { results } = await api.getBatchStatus(batch.id);
    assert.ok(results.length > 0);
    for (const { path: image } of results) assert.equal(path.dirname(image), inFolder('5_scenery'));
    assert.equal(Object.keys(await captions(folder)).length, Object.keys(before).length + results.length);
    await vscode.commands.executeCommand('undo');
    await until('no captions but the old ones', async () => {
      return JSON.stringify(await captions(folder)) === JSON.stringify(before);
    });
  });

  it('adds a tag to every caption and tells listeners of each', async () => {
    await openDataset(folder);
    const { images } = await api.listImages(folder);
    const captioned = images.filter(({ hasCaption }) => hasCaption);
    const changed = new Map<string, string>();
    const listening = api.onDidChangeCaptions((change) => {
      assert.equal(change.directory, folder);
      for (const one of change.images) changed.set(one.name, one.caption);
    });
    try {
      assert.deepEqual(await example('addTag', folder, 'trigger_word'), { changed: captioned.length, skipped: [] });
      await until('an event of each', () => changed.size === captioned.length);
      for (const { name, caption } of captioned) assert.equal(changed.get(name), `trigger_word, ${caption}`);
      assert.ok((await example<string[]>('showRecentChanges')).some((line) => line.includes('trigger_word, ')));
    } finally {
      listening.dispose();
    }
  });

  it('captions what is missing as a batch and one image alone', async () => {
    const before = await captions(folder);
    const { images } = await api.listImages(folder);
    const states: Batch[] = [];
    const listening = api.onDidChangeBatch((batch) => states.push(batch));
    const status = await example<BatchStatus>('captionMissing', folder);
    listening.dispose();
    assert.equal(status.status, 'completed');
    assert.equal(status.directory, folder);
    assert.deepEqual([status.done, status.total], [status.results.length, status.results.length]);
    assert.ok(states.some(({ id, status: last }) => id === status.id && last === 'completed'));
    const after = await captions(folder);
    for (const { path: image, outcome, caption } of status.results) {
      const { captionPath } = images.find((one) => one.path === image)!;
      assert.equal(outcome, 'written');
      assert.equal(after[path.relative(folder, captionPath)]?.trimEnd(), caption);
    }
    for (const [name, text] of Object.entries(before)) assert.equal(after[name], text, 'captions that were there stay');
    await assert.rejects(api.startBatch(folder, 'missing'), failsWith('NOTHING_TO_DO'));
    await assert.rejects(api.getBatchStatus('20200101T000000-00000000'), failsWith('BATCH_NOT_FOUND'));

    const one = status.results[0]!.path;
    await api.saveCaption(one, 'something else');
    const again = async (): Promise<{ outcome: string; caption: string }> => example('captionImage', one);
    // What another extension wrote and took away stays so, until the setting says that captions are replaced.
    const { outcome, caption } = await again();
    assert.deepEqual([outcome, caption], ['same', 'something else']);
    const settings = vscode.workspace.getConfiguration('datasetCaptions');
    await settings.update('writeMode', 'replace', vscode.ConfigurationTarget.Global);
    try {
      const replaced = await again();
      assert.equal(replaced.outcome, 'written');
      assert.equal(replaced.caption, status.results[0]?.caption, 'the tagger says the same as before');
    } finally {
      await settings.update('writeMode', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('makes thumbnails of any size and hands out the image', async () => {
    const { images } = await api.listImages(folder);
    const image = images[0]!.path;
    const sizes = await example<Record<'original' | 'thumbnail', { mimeType: string; bytes: number }>>(
      'showPictures',
      image,
    );
    assert.equal(sizes.original.bytes, (await readFile(image)).length);
    assert.equal(sizes.thumbnail.mimeType, 'image/webp');
    assert.ok(sizes.thumbnail.bytes > 0);
    const bytes = Buffer.from(await (await api.getThumbnail(image, 64)).readBytes());
    assert.equal(bytes.subarray(8, 12).toString('latin1'), 'WEBP');
    await writeFile(inFolder('broken.png'), 'no picture');
    await assert.rejects(api.getThumbnail(inFolder('broken.png')), failsWith('IMAGE_UNREADABLE'));
  });

  it('says in one sentence and with a code what is wrong', async () => {
    await mkdir(inFolder('folder.png'));
    const image = (await api.listImages(folder)).images[0]!.path;
    await assert.rejects(api.listImages('relative'), failsWith('ARGUMENT_INVALID'));
    await assert.rejects(api.listImages(vscode.Uri.parse('https://example.com/x')), failsWith('NOT_LOCAL'));
    await assert.rejects(api.listImages(inFolder('none')), failsWith('DIRECTORY_NOT_FOUND'));
    await assert.rejects(api.listImages(folder, { limit: -1 }), failsWith('ARGUMENT_INVALID'));
    await assert.rejects(api.getCaption(inFolder('none.png')), failsWith('IMAGE_NOT_FOUND'));
    await assert.rejects(api.getCaption(inFolder('folder.png')), failsWith('IMAGE_NOT_FOUND'));
    await assert.rejects(api.getThumbnail(image, 15), failsWith('ARGUMENT_INVALID'));
    await assert.rejects(api.saveCaption(image, 7 as unknown as string), failsWith('ARGUMENT_INVALID'));
    await assert.rejects(api.startBatch(folder, 'empty' as 'all'), failsWith('ARGUMENT_INVALID'));
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    await assert.rejects(api.listImages(folder, { token: source.token }), failsWith('CANCELLED'));
  });
});
