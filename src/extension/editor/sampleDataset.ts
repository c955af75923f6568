import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../protocol/channel/wireError';
import { openDatasets, type OpenDatasets } from './openDataset';

/**
 * Opens a copy of the sample dataset that comes with the extension: eight small pictures to try everything with. The
 * copy is made once and keeps the user's edits; the original in the extension's folder is never edited.
 * @param original the sample in the extension's folder, absolute
 * @param storageFolder where the extension keeps its files, absolute
 */
export async function openSampleDataset(open: OpenDatasets, original: string, storageFolder: string): Promise<void> {
  const copy = path.join(storageFolder, 'sample-dataset');
  try {
    await copyOnce(original, copy);
  } catch (thrown) {
    const text = vscode.l10n.t('The sample dataset could not be copied to {0}: {1}', copy, errorMessage(thrown));
    void vscode.window.showErrorMessage(text);
    return;
  }
  await openDatasets(open, [vscode.Uri.file(copy)]);
}

/** Copies under a temporary name, then renames: an interruption or a second window leaves no partial copy. */
async function copyOnce(original: string, copy: string): Promise<void> {
  if (await exists(copy)) return;
  const unfinished = `${copy}.${String(process.pid)}`;
  try {
    await mkdir(path.dirname(copy), { recursive: true });
    await cp(original, unfinished, { recursive: true });
    await rename(unfinished, copy);
  } catch (thrown) {
    if (!(await exists(copy))) throw thrown;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
