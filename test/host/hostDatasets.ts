import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { captionChange } from '../../src/records/captionChange';
import { RecordWriter } from '../../src/records/RecordWriter';

/** The view type of the editor that shows folders as datasets. */
export const editor = 'datasetCaptions.editor';

/** Copies the sample dataset into the workspace under a name of its own. */
export async function makeDataset(): Promise<string> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(workspace, 'the host tests need a workspace');
  const folder = await mkdtemp(path.join(workspace, 'set-'));
  await cp(path.join(workspace, 'sample-dataset'), folder, { recursive: true });
  return folder;
}

export async function captions(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    if (!name.endsWith('.txt')) continue;
    // An undo may delete it between the listing and the reading.
    const text = await readFile(path.join(folder, name), 'latin1').catch((thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    });
    if (text !== undefined) found[name] = text;
  }
  return found;
}

export async function until(what: string, look: () => boolean | Promise<boolean>, patience = 20_000): Promise<void> {
  const end = Date.now() + patience;
  while (!(await look())) {
    if (Date.now() > end) assert.fail(`Waited in vain for ${what}.`);
    await sleep(50);
  }
}

export function datasetTab(folder: string): vscode.Tab | undefined {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .find(
      ({ input }) => input instanceof vscode.TabInputCustom && input.viewType === editor && input.uri.fsPath === folder,
    );
}

/** Opens a folder as a dataset. */
export async function openDataset(folder: string): Promise<void> {
  await vscode.commands.executeCommand('datasetCaptions.open', vscode.Uri.file(folder));
  await until('the tab of the dataset', () => datasetTab(folder)?.isActive === true);
}

/** Records that a tagger wrote tags into a caption that was empty. @param caption relative to the dataset */
export async function recordTagger(folder: string, caption: string, tags: readonly string[]): Promise<void> {
  const writer = new RecordWriter(folder);
  const change = captionChange('', tags.join(', '), new Map(tags.map((tag) => [tag, 0.9])));
  const end = await writer.write({ kind: 'written', caption, author: { by: 'tagger', name: 'wd' }, ...change });
  end();
  await writer.close();
}
