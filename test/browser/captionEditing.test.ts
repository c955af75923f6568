import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { makeScratch, readText, removeScratch } from './datasetFiles';
import { Workbench } from './Workbench';

const alps = '5_scenery/alps.jpg';

describe('captions edited in the real workbench', () => {
  let scratch: string;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    scratch = await makeScratch();
  });
  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    await removeScratch(scratch);
  });

  it('get tags suggested from dataset, tagger and list; chips are undone through the document', async () => {
    const list = path.join(scratch, 'tags.csv');
    await writeFile(list, 'zebra_crossing,0,1200000,"striped_road"\nbroken,0,many,\n');
    workbench = await Workbench.open({ folder: scratch, settings: { 'datasetCaptions.tagList': list } });
    const view = await DatasetView.open(workbench, 'dataset');
    const { keyboard } = workbench.page;
    const file = path.join(scratch, 'dataset/5_scenery/alps.txt');
    const before = (await readText(file)) ?? '';
    const option = (name: RegExp): ReturnType<typeof view.frame.getByRole> => view.frame.getByRole('option', { name });

    await view.type(alps, ', striped');
    await option(/^striped road → zebra crossing 1\.2M list$/).waitFor();
    await workbench.page.getByText('Line 2 of the tag list tags.csv was left out').first().waitFor();
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
});
