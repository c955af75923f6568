import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editor, until } from './hostDatasets';

/** A folder of the workspace that is on no disk; the helper beside these tests has it. */
const virtual = vscode.Uri.parse('memory:/pictures');

describe('a workspace folder of a virtual file system', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('is not opened as a dataset, and a message says why and what to do', async function () {
    const [, second] = vscode.workspace.workspaceFolders ?? [];
    const told = process.env.DATASET_CAPTIONS_TEST_TOLD;
    // A desktop VS Code opens the one folder only, and nobody looks at its window.
    if (second === undefined || told === undefined) return this.skip();
    assert.equal(second.uri.toString(), virtual.toString());
    assert.deepEqual(await vscode.workspace.fs.readDirectory(virtual), [
      ['cat.png', vscode.FileType.File],
      ['cat.txt', vscode.FileType.File],
    ]);
    const says = async (): Promise<boolean> => {
      const text = await readFile(told, 'utf8').catch(() => '');
      return /\/pictures cannot be opened as a dataset: it is a virtual one \(memory:\).*Clone or copy the folder to a disk/.test(
        text,
      );
    };

    await vscode.commands.executeCommand('datasetCaptions.open', virtual);
    // VS Code pops nothing up while it runs tests like these.
    await vscode.commands.executeCommand('notifications.showList');
    await until('the message', says);
    assert.deepEqual(vscode.window.tabGroups.activeTabGroup.tabs, []);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('notifications.hideList');
    await until('no message', async () => !(await says()));

    // The editor itself, as other extensions open it: a folder of that path on the disk would be another one.
    await vscode.commands.executeCommand('vscode.openWith', virtual, editor);
    await vscode.commands.executeCommand('notifications.showList');
    await until('the message', says);
  });
});
