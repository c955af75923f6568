import { setTimeout as sleep } from 'node:timers/promises';
import { changeBehindEdits } from './changeBehindEdits';
import { until } from './DatasetView';
import { captions } from './datasetFiles';
import { killDuringSave } from './killDuringSave';
import { unsavedSettings } from './unsavedWorkbench';
import { useWorkbench } from './useWorkbench';

const first = '5_scenery/acanthus.jpg';

describe('what is open in the real workbench', () => {
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });

  it('is one text in two editors of a dataset, and stays when its tab is hidden, moved and reloaded', async () => {
    const { dataset } = suite;
    const view = await suite.open();
    const bench = view.workbench;
    const { page } = bench;
    const search = view.frame.getByLabel('Search captions and file names').first();
    await search.click();
    await page.keyboard.type('scenery acanthus');
    await view.card('5_scenery/alps.jpg').waitFor({ state: 'detached' });
    await view.type(first, 'typed first');
    await view.saveState(first, 'Unsaved');

    await bench.runCommand('View: Split Editor Right');
    const frames = page.locator('iframe.webview.ready:visible');
    await until('two webviews', async () => (await frames.count()) === 2);
    const fields = [frames.nth(0), frames.nth(1)].map((frame) =>
      frame
        .contentFrame()
        .frameLocator('#active-frame')
        .getByRole('textbox', { name: `Caption of ${first}`, exact: true }),
    );
    const onBothSides = (expected: string): Promise<boolean> =>
      until(`"${expected}" on both sides`, async () => {
        const texts = await Promise.all(fields.map((field) => field.inputValue()));
        return texts.every((text) => text === expected);
      });
    let expected = 'typed first';
    await onBothSides(expected);
    for (const [side, field] of [...fields, ...fields].entries()) {
      await field.click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type(`, ${side}`, { delay: 15 });
      expected += `, ${side}`;
      await onBothSides(expected);
    }
    await bench.screenshot('split');
    await page.keyboard.press('Control+s');
    await until('the text on disk', async () => (await captions(dataset))['5_scenery/acanthus.txt'] === expected);
    await bench.runCommand('View: Close Editor');
    await until('one webview', async () => (await frames.count()) === 1);

    const isAsBefore = async (where: string): Promise<void> => {
      await view.ready();
      await until(`the text ${where}`, async () => (await view.caption(first).inputValue()) === expected);
      await view.card('5_scenery/alps.jpg').waitFor({ state: 'detached' });
    };
    await view.type(first, ', unsaved');
    expected += ', unsaved';
    // Behind another editor VS Code throws the webview away.
    await bench.runCommand('File: New Untitled Text File');
    await until('no webview', async () => (await frames.count()) === 0);
    await bench.runCommand('View: Close Editor');
    await isAsBefore('after it was hidden');
    await bench.runCommand('View: Move Editor into Right Group');
    await isAsBefore('in another group');
    await sleep(1500);
    await bench.reload();
    await isAsBefore('after the reload');
    await view.saveState(first, 'Unsaved');
  });

  it('is every caption old or new, and the rest offered again, when the extension host is killed in a save', async () => {
    await killDuringSave(suite.scratch, 2000, () => suite.window());
  });

  it('keeps what was typed and what another program wrote, and shows a conflict where both did', async () => {
    await changeBehindEdits(suite.scratch, 100, 5, () => suite.window());
  });
});
