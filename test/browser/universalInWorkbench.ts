import assert from 'node:assert/strict';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { captions, readText } from './datasetFiles';
import type { Workbench } from './Workbench';

/** What was seen of the package without native files, and where the pictures of it are. */
export interface UniversalRun {
  thumbnails: number;
  /** the sentence with which it does not caption */
  reason: string;
  screenshots: string[];
}

/**
 * Uses the package for platforms without ONNX Runtime as its user does: looks, edits, searches, and asks for captions.
 * @param scratch a folder with the sample dataset in `dataset`
 * @param open opens the folder in a workbench with that package
 * @throws AssertionError where something does not work, or no reason is given
 */
export async function universalInWorkbench(scratch: string, open: () => Promise<Workbench>): Promise<UniversalRun> {
  const folder = path.join(scratch, 'dataset');
  const workbench = await open();
  const view = await DatasetView.open(workbench, 'dataset');
  const { frame } = view;
  const { page } = workbench;
  const screenshots: string[] = [];
  const look = async (name: string): Promise<void> => {
    screenshots.push(await workbench.screenshot(`universal ${name}`));
  };

  // Pictures come from sharp's WebAssembly build.
  const cards = await frame.getByRole('textbox', { name: /^Caption of/ }).count();
  const thumbnails = await until('a thumbnail on every card', async () => {
    const loaded = await frame
      .locator('image-card img')
      .evaluateAll((all) => all.filter((one) => (one as unknown as { naturalWidth: number }).naturalWidth > 0).length);
    return loaded === cards && loaded;
  });

  await view.type('5_scenery/sunset.png', 'typed, by hand');
  await view.saveState('5_scenery/sunset.png', 'Saved');
  assert.equal(await readText(path.join(folder, '5_scenery/sunset.txt')), 'typed, by hand');
  await frame.getByLabel('Search captions and file names').first().fill('tag:"by hand"');
  await frame
    .locator('.summary')
    .filter({ hasText: /^\s*1 of 8 images/ })
    .waitFor();
  await frame.getByLabel('Search captions and file names').first().fill('');
  await frame
    .locator('.summary')
    .filter({ hasText: /^\s*8 images/ })
    .waitFor();
  await look('editing');

  const before = await captions(folder);
  await view.press(/^Caption Empty/);
  const said = frame.getByText(/Taggers do not run on this machine/).first();
  await said.waitFor();
  const reason = (await said.innerText()).trim();
  assert.match(reason, /ONNX Runtime is not published for/);
  assert.match(reason, /Browsing and editing work/);
  assert.match(reason, /datasetCaptions\.serverUrl/);
  // It goes on where it is told of a server.
  await frame.getByText('Paused').first().waitFor();
  await look('captioning');
  assert.deepEqual(await captions(folder), before, 'nothing was written');

  await workbench.runCommand('Dataset Captions: Select Captioner');
  await page.locator('.quick-input-widget').getByText('WD14 taggers').waitFor();
  await look('select captioner');
  await page.keyboard.press('Escape');

  await view.type('5_scenery/alps.jpg', ', still');
  await view.saveState('5_scenery/alps.jpg', 'Saved');
  assert.match((await readText(path.join(folder, '5_scenery/alps.txt'))) ?? '', /, still/);
  assert.deepEqual(workbench.errors, []);
  return { thumbnails, reason, screenshots };
}
