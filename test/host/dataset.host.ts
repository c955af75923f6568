import assert from 'node:assert/strict';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { captions, datasetTab, editor, makeDataset, openDataset, until } from './hostDatasets';

describe('a folder opened as a dataset', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await makeDataset();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  const open = (): Promise<void> => openDataset(folder);

  async function captionEmpty(): Promise<void> {
    await vscode.commands.executeCommand('datasetCaptions.captionEmpty');
  }

  /** The tab is there before the dataset behind it: the command is tried until it has an effect. */
  async function worksAgain(where: string): Promise<void> {
    await until('captions for the empty images', async () => {
      await captionEmpty();
      return '5_scenery/sunset.txt' in (await captions(where));
    });
  }

  it('is a tab of its own, clean, and the same one when it is opened again with a slash at the end', async () => {
    await open();
    assert.equal(datasetTab(folder)?.isDirty, false);
    await vscode.commands.executeCommand('datasetCaptions.open', vscode.Uri.file(`${folder}/`));
    assert.equal(vscode.window.tabGroups.all.flatMap((group) => group.tabs).length, 1);
  });

  it('gets captions for its empty images by a command; undo takes all of them back, redo brings them again', async () => {
    const before = await captions(folder);
    await open();
    await captionEmpty();
    const filled = await captions(folder);
    const added = Object.keys(filled).filter((name) => !(name in before));
    assert.ok(added.length >= 3, 'several images were empty');
    for (const [name, text] of Object.entries(before)) assert.equal(filled[name], text);
    for (const name of added) assert.match(filled[name] ?? '', /^[^,\s][^,]*(, [^,]+)*$/);

    await vscode.commands.executeCommand('undo');
    await until(
      'the files of the job gone',
      async () => Object.keys(await captions(folder)).length === Object.keys(before).length,
    );
    assert.deepEqual(await captions(folder), before);
    await vscode.commands.executeCommand('redo');
    await until(
      'the files of the job again',
      async () => Object.keys(await captions(folder)).length === Object.keys(filled).length,
    );
    assert.deepEqual(await captions(folder), filled);
    await until('the tab clean', () => datasetTab(folder)?.isDirty === false);
  });

  it('leaves a caption alone that was changed after the job that is undone', async () => {
    await open();
    await captionEmpty();
    const sunset = path.join(folder, '5_scenery/sunset.txt');
    await writeFile(sunset, 'written by hand since');
    await sleep(1500);
    await vscode.commands.executeCommand('undo');
    await sleep(1500);
    assert.equal(await readFile(sunset, 'utf8'), 'written by hand since');
  });

  it('shows a page instead of failing when the folder is gone, and the images when it is back', async () => {
    const away = `${folder}-away`;
    await rename(folder, away);
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(folder), editor);
    assert.ok(datasetTab(folder), 'the tab is open');
    await rename(away, folder);
    await vscode.commands.executeCommand('datasetCaptions.refresh');
    await worksAgain(folder);
  });

  it('keeps its tab when the folder is renamed in VS Code', async () => {
    await open();
    const renamed = `${folder}-renamed`;
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(vscode.Uri.file(folder), vscode.Uri.file(renamed));
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    await until('the tab of the new name', () => datasetTab(renamed) !== undefined);
    await until(
      'no tab of the old name',
      () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).length === 1,
    );
    await worksAgain(renamed);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(renamed, { recursive: true, force: true });
  });

  it('stays open when its folder could not be renamed and something else is renamed after that', async () => {
    await open();
    const failing = new vscode.WorkspaceEdit();
    failing.renameFile(vscode.Uri.file(folder), vscode.Uri.file(`${folder}-${'x'.repeat(300)}`));
    assert.equal(await vscode.workspace.applyEdit(failing), false);
    const [one, other] = [`${folder}-one.txt`, `${folder}-other.txt`];
    await writeFile(one, '');
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(vscode.Uri.file(one), vscode.Uri.file(other));
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    await sleep(1500);
    assert.ok(datasetTab(folder), 'its tab is open');
    assert.equal(vscode.window.tabGroups.all.flatMap((group) => group.tabs).length, 1);
    await worksAgain(folder);
    await rm(other);
  });

  it('captions with the thresholds of the settings, and says of an image without a tag nothing', async () => {
    const settings = vscode.workspace.getConfiguration('datasetCaptions');
    await settings.update('generalThreshold', 1, vscode.ConfigurationTarget.Global);
    try {
      const before = await captions(folder);
      await open();
      await captionEmpty();
      assert.deepEqual(await captions(folder), before, 'no tag passes a threshold of 1: no file is written');
    } finally {
      await settings.update('generalThreshold', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
