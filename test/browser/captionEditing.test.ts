import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './DatasetView';
import { readText } from './datasetFiles';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';

describe('captions edited in the real workbench', () => {
  const suite = useWorkbench(() => ({
    settings: {
      'datasetCaptions.tagList': path.join(suite.scratch, 'tags.csv'),
      'files.watcherExclude': { '**/excluded/**': true },
    },
  }));

  it('get tags suggested from dataset, tagger and list; chips are undone through the document', async () => {
    await writeFile(path.join(suite.scratch, 'tags.csv'), 'zebra_crossing,0,1200000,"striped_road"\nbroken,0,many,\n');
    const view = await suite.open();
    const { page } = view.workbench;
    const { keyboard } = page;
    const file = path.join(suite.dataset, '5_scenery/alps.txt');
    const before = (await readText(file)) ?? '';
    const option = (name: RegExp): ReturnType<typeof view.frame.getByRole> => view.frame.getByRole('option', { name });

    await view.type(alps, ', striped');
    await option(/^striped road → zebra crossing 1\.2M list$/).waitFor();
    await page.getByText('Line 2 of the tag list tags.csv was left out').first().waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Tab');
    await keyboard.type('white backgr');
    await option(/^white background .*tagger$/).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    assert.match(await view.caption(alps).inputValue(), /, zebra crossing, white background, $/);
    await keyboard.press('Control+Enter');
    await view.saveState(alps, 'Saved');
    // The mark may be that of the text before the last suggestion was taken, which a pause had saved.
    await until('the caption is in the file', async () =>
      /, zebra crossing, white background, \n?$/.test((await readText(file)) ?? ''),
    );

    // Each of these keys saves, while the save before it runs.
    await view.type('5_scenery/acanthus.jpg', 'leaf');
    for (let times = 0; times < 5; times++) await keyboard.press('Control+Enter');
    await view.saveState('5_scenery/acanthus.jpg', 'Saved');
    await page.locator('.tab.dirty').waitFor({ state: 'detached' });
    assert.deepEqual(await view.frame.getByRole('alert').allInnerTexts(), []);

    await view.frame.getByRole('radio', { name: 'Captions as tags' }).check();
    const card = view.card(alps);
    const saved = await readText(file);
    await card.getByRole('button', { name: 'zebra crossing', exact: true }).click();
    await keyboard.press('Delete');
    await until('the tag is gone from the file', async () => !(await readText(file))?.includes('zebra'));
    await keyboard.press('Control+z');
    await until('it is back', async () => (await readText(file)) === saved);
    await card.getByRole('button', { name: 'zebra crossing', exact: true }).waitFor();
    assert.ok(saved?.startsWith(before.trimEnd()));
  });

  it('change on their cards when another program writes behind a link, or where VS Code does not watch', async () => {
    const outside = await mkdtemp(path.join(tmpdir(), 'dataset-captions-linked-'));
    try {
      const folders = { linked: outside, excluded: path.join(suite.dataset, 'excluded') };
      await mkdir(folders.excluded);
      await symlink(outside, path.join(suite.dataset, 'linked'));
      for (const folder of Object.values(folders)) {
        await cp(path.join(suite.dataset, alps), path.join(folder, 'a.jpg'));
        await writeFile(path.join(folder, 'a.txt'), 'first');
      }
      const view = await suite.open();
      for (const [name, folder] of Object.entries(folders)) {
        const shown = view.caption(`${name}/a.jpg`);
        await view.frame.getByLabel('Search captions and file names').first().fill(`path:${name}/`);
        await until(`the caption in ${name}`, async () => (await shown.inputValue()) === 'first');
        await writeFile(path.join(folder, 'a.txt'), 'second');
        await until(`what another program wrote in ${name}`, async () => (await shown.inputValue()) === 'second');
        await cp(path.join(suite.dataset, alps), path.join(folder, 'b.jpg'));
        await view.card(`${name}/b.jpg`).waitFor();
      }
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});
