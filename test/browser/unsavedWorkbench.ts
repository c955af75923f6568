import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeScratch, removeScratch } from './datasetFiles';
import { Workbench } from './Workbench';

/** Nothing is saved but by hand. */
export const unsavedSettings = { 'datasetCaptions.autoSaveDelay': 0, 'files.autoSave': 'off' };

/**
 * Gives a folder with a copy of the sample dataset in `dataset`, and what opens it in a workbench with {@link unsavedSettings},
 * to some work; removes all of it afterwards.
 */
export async function withUnsavedWorkbench<T>(
  work: (scratch: string, open: () => Promise<Workbench>) => Promise<T>,
): Promise<T> {
  const scratch = await makeScratch();
  await mkdir(path.join(scratch, '.vscode'));
  await writeFile(path.join(scratch, '.vscode/settings.json'), JSON.stringify(unsavedSettings));
  let bench: Workbench | undefined;
  try {
    return await work(scratch, async () => (bench = await Workbench.open({ folder: scratch })));
  } finally {
    await bench?.dispose();
    await removeScratch(scratch);
  }
}
