import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeScratch, removeScratch } from './datasetFiles';
import { Workbench } from './Workbench';

/** Makes a folder with a copy of the sample dataset in `dataset`, in whose window nothing is saved but by hand. */
export async function makeUnsavedScratch(): Promise<string> {
  const scratch = await makeScratch();
  await mkdir(path.join(scratch, '.vscode'));
  const settings = { 'datasetCaptions.autoSaveDelay': 0, 'files.autoSave': 'off' };
  await writeFile(path.join(scratch, '.vscode/settings.json'), JSON.stringify(settings));
  return scratch;
}

/** Gives such a folder, and what opens it in a workbench, to some work; removes all of it afterwards. */
export async function withUnsavedWorkbench<T>(
  work: (scratch: string, open: () => Promise<Workbench>) => Promise<T>,
): Promise<T> {
  const scratch = await makeUnsavedScratch();
  let bench: Workbench | undefined;
  try {
    return await work(scratch, async () => (bench = await Workbench.open({ folder: scratch })));
  } finally {
    await bench?.dispose();
    await removeScratch(scratch);
  }
}
