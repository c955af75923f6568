import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DatasetView, until } from './DatasetView';
import { judgePage, loadAxe } from './judgePage';
import { unsavedSettings } from './unsavedWorkbench';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const sunset = '5_scenery/sunset.png';

/** The themes that VS Code starts with, the ones before them, and those for high contrast. */
const themes = [
  'Light 2026',
  'Dark 2026',
  'Light Modern',
  'Dark Modern',
  'Default High Contrast',
  'Default High Contrast Light',
];

interface Drawn {
  ownerDocument: { defaultView: { getComputedStyle(element: Drawn): { backgroundColor: string } } };
}

describe('the page for everybody, in the real workbench', function () {
  this.timeout(240_000);
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });

  /** Images and captions with something to say about them. */
  async function makeTrouble(): Promise<void> {
    const file = (name: string): string => path.join(suite.dataset, '5_scenery', name);
    await writeFile(file('broken.png'), 'This is not a picture.\n');
    await writeFile(file('allium.txt'), Buffer.from('caf\u00e9, sky', 'latin1'));
    await writeFile(file('airplane.txt'), 'sky, plane, sky');
    await copyFile(file('alps.jpg'), file('airplane.jpg'));
  }

  /** Captions that are unsaved, in conflict and not saved, and an image that is selected. */
  async function makeEdits(view: DatasetView): Promise<void> {
    await view.type(alps, ', mine');
    await view.type(sunset, 'boat');
    await view.saveState(alps, 'Unsaved');
    await view.saveState(sunset, 'Unsaved');
    await writeFile(path.join(suite.dataset, '5_scenery/alps.txt'), 'theirs');
    await view.saveState(alps, 'Conflict');
    // Nothing can be written there.
    await mkdir(path.join(suite.dataset, '5_scenery/sunset.txt'));
    await view.workbench.runCommand('File: Save');
    await view.saveState(sunset, 'Not saved');
    await view.type('10_cat/locomotion.jpg', ', new');
    await view.saveState('10_cat/locomotion.jpg', 'Unsaved');
    await view.card('10_cat/gallop.webp').getByRole('checkbox').check();
  }

  it("has no violation of axe-core's rules in VS Code's light, dark and high contrast themes: grid, tags, list, viewer, bulk edits", async () => {
    await makeTrouble();
    const view = await suite.open();
    const { frame, workbench } = view;
    const { page } = workbench;
    const body = frame.locator('body');
    const themeAtFirst = (await body.getAttribute('data-vscode-theme-id')) ?? '';
    const size = page.viewportSize();
    // All cards are in view.
    await page.setViewportSize({ width: 1280, height: 1300 });
    await makeEdits(view);

    await loadAxe(body);
    const found: string[] = [];
    const judge = async (screen: string, theme: string): Promise<void> => {
      found.push(...(await judgePage(body, `${screen} in ${theme}`)));
    };
    const choose = (name: string): Promise<void> => frame.getByRole('radio', { name, exact: true }).check();
    const dialog = frame.getByRole('dialog');

    for (const theme of themes) {
      await workbench.setColorTheme(theme);
      await frame.locator(`body[data-vscode-theme-id="${theme}"]`).waitFor({ state: 'attached' });
      await judge('the grid', theme);
      await workbench.screenshot(`access ${theme}`);
      // It lies over a picture, which must not be seen through it.
      const button = view.card('10_cat/gallop.webp').getByRole('button', { name: /^Caption / });
      const ground = await button.evaluate(
        (node: Drawn) => node.ownerDocument.defaultView.getComputedStyle(node).backgroundColor,
      );
      assert.match(ground, /^rgb\(/, `the button over a picture in ${theme}`);

      await view.card(alps).focus();
      await page.keyboard.press('Control+h');
      await dialog.getByRole('radio', { name: /^all / }).check();
      await dialog.getByRole('textbox', { name: 'Tags' }).fill('of one edit');
      const row = dialog.getByRole('listbox', { name: 'Captions that change' }).getByRole('option').first();
      await row.filter({ hasText: 'of one edit' }).waitFor();
      await until('a change that is not ticked', async () => {
        if ((await row.getAttribute('aria-selected')) === 'false') return true;
        await row.click();
        return false;
      });
      await judge('the dialog for bulk edits', theme);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });

      await choose('Captions as tags');
      await frame.locator('tag-chips').first().waitFor();
      await judge('the grid of tags', theme);
      await view.card(alps).focus();
      await page.keyboard.press('Enter');
      await dialog.locator('img').first().waitFor();
      await judge('the viewer', theme);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });

      await choose('List');
      await frame.locator('.list tag-chips').first().waitFor();
      await judge('the list', theme);
      const mine = await view.card(alps).locator('tag-chips').boundingBox();
      const theirs = await view.card(alps).getByRole('note', { name: 'On disk' }).boundingBox();
      assert.ok(mine && theirs && mine.x + mine.width <= theirs.x, 'one text does not lie over the other');

      await choose('Grid');
      await choose('Captions as text');
      await view.caption(alps).waitFor();
    }
    assert.deepEqual(found, []);

    await workbench.setColorTheme(themeAtFirst);
    if (size !== null) await page.setViewportSize(size);
  });
});
