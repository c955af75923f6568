import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { judgePage, loadAxe } from './judgePage';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const acanthus = '5_scenery/acanthus.jpg';

/** The themes that VS Code starts with, the ones before them, and those for high contrast. */
const themes = [
  'Light 2026',
  'Dark 2026',
  'Light Modern',
  'Dark Modern',
  'Default High Contrast',
  'Default High Contrast Light',
];

describe('the views of the history for everybody, in the real workbench', function () {
  this.timeout(400_000);
  const suite = useWorkbench({ workspaceSettings: { 'datasetCaptions.autoSaveDelay': 200 } });

  const file = (image: string): string => path.join(suite.dataset, image.replace(/\.\w+$/, '.txt'));

  /** Captions by a job and by hand, a snapshot before, edits after, and an image whose caption is new. */
  async function makeHistory(view: DatasetView): Promise<void> {
    const { workbench } = view;
    const { page } = workbench;
    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    await view.caption(acanthus).waitFor();
    await workbench.runCommand('Dataset Captions: Create Snapshot…');
    const title = page.locator('.quick-input-widget .quick-input-title').getByText('Name of the snapshot');
    await title.waitFor();
    await page.locator('.quick-input-widget input').fill('before the cleaning');
    await page.keyboard.press('Enter');
    await title.waitFor({ state: 'hidden' });
    await workbench.notification(/Snapshot made/);
    await page.keyboard.press('Escape');
    const old = await readFile(file(acanthus), 'utf8');
    const [, ...rest] = old.trim().split(', ');
    await writeFile(file(acanthus), ['a pressed plant', ...rest].join(', '));
    const tags = (await readFile(file(alps), 'utf8')).trim().split(', ');
    await writeFile(
      file(alps),
      [...tags.slice(0, 2).reverse(), ...tags.slice(3), 'old print', 'mountain range'].join(', '),
    );
    await until('the page to show it', async () => (await view.caption(alps).inputValue()).includes('mountain range'));
    await workbench.runCommand('Notifications: Clear All Notifications');
  }

  it("have no violation of axe-core's rules in VS Code's light, dark and high contrast themes, also where there is little room", async () => {
    const view = await suite.open();
    const { frame, workbench } = view;
    const { page } = workbench;
    const body = frame.locator('body');
    const themeAtFirst = (await body.getAttribute('data-vscode-theme-id')) ?? '';
    const size = page.viewportSize() ?? { width: 1280, height: 800 };
    await makeHistory(view);
    await frame.getByRole('radio', { name: 'Captions as tags' }).check();
    await workbench.runCommand('Dataset Captions: Dataset History');
    const tree = page.locator('.pane').filter({ has: page.locator('[aria-label="Dataset History"]') });
    await tree.locator('.monaco-list-row').nth(1).waitFor();
    await loadAxe(body);
    await loadAxe(page.locator('body'));
    const found: string[] = [];
    const add = (problems: string[]): void => {
      found.push(...problems);
    };
    const comparison = frame.getByRole('dialog', { name: 'Compare Captions' });
    const edit = frame.getByRole('dialog', { name: 'Edit Captions' });

    const compare = async (): Promise<void> => {
      const rows = page.locator('.quick-input-widget .monaco-list-row');
      const choose = async (): Promise<boolean> => {
        await workbench.runCommand('Dataset Captions: Compare Snapshot with Now');
        const row = rows.filter({ hasText: 'before the cleaning' }).first();
        return row.click({ timeout: 5000 }).then(
          () => true,
          () => false,
        );
      };
      // On a busy machine the page takes the focus back from a dialog late, which closes the list.
      if (!(await choose())) await choose();
      await comparison.locator('ins').first().waitFor();
      await comparison.locator('img').nth(1).waitFor();
    };
    const screens = async (name: string, judge: (screen: string) => Promise<void>): Promise<void> => {
      await judge('marks');
      await workbench.screenshot(`history marks ${name}`);
      await compare();
      await judge('the comparison');
      await workbench.screenshot(`history comparison ${name}`);
      await comparison.getByRole('option', { name: /^old print/ }).click();
      await comparison.getByText(/^1 of 2/).waitFor();
      await judge('the comparison of one tag');
      await workbench.screenshot(`history comparison of one tag ${name}`);
      await comparison.getByRole('button', { name: 'Show All' }).click();
      await comparison.getByRole('button', { name: 'Restore…' }).click();
      await edit.getByRole('button', { name: 'Apply to 2 Captions' }).waitFor();
      await judge('the preview of a restore');
      await workbench.screenshot(`history restore ${name}`);
      await page.keyboard.press('Escape');
      await edit.waitFor({ state: 'hidden' });
    };
    for (const theme of themes) {
      await workbench.setColorTheme(theme);
      await frame.locator(`body[data-vscode-theme-id="${theme}"]`).waitFor({ state: 'attached' });
      await screens(theme, async (screen) => {
        add(await judgePage(body, `${screen} in ${theme}`));
      });
      // Of what VS Code itself draws, what comes from here.
      const within = '[aria-label="Dataset History"]';
      // VS Code draws name and description of a row with no blank between them; what is said has one.
      const except = ['label-content-name-mismatch'];
      add(await judgePage(page.locator('body'), `Dataset History in ${theme}`, { within, except }));
      await workbench.screenshot(`history view ${theme}`);
    }
    assert.deepEqual(found, []);

    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await page.setViewportSize({ width: 420, height: 800 });
    await screens('420', async (screen) => {
      add(await judgePage(body, `${screen} with little room`));
    });
    await page.setViewportSize(size);
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    assert.deepEqual(found, []);

    await workbench.setColorTheme(themeAtFirst);
  });
});
