import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { DatasetView, until } from './DatasetView';
import { Workbench } from './Workbench';

describe('The walkthrough in the real workbench', () => {
  let scratch: string;
  let workbench: Workbench | undefined;

  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'dataset-captions-walkthrough-'));
    await writeFile(path.join(scratch, 'notes.md'), 'Nothing to see here.\n');
  });

  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
  });

  after(() => rm(scratch, { recursive: true, force: true }));

  it('is found in the empty Tags view; each of its steps does what it says and is ticked', async () => {
    workbench = await Workbench.open({
      folder: scratch,
      colorTheme: 'Dark Modern',
      viewport: { width: 1600, height: 1000 },
    });
    const { page } = workbench;
    await workbench.runCommand('Dataset Captions: Focus on Tags View');
    await page.getByText('how it works', { exact: true }).click();
    const walkthrough = page.locator('.gettingStartedContainer');
    const step = (title: string): Locator => walkthrough.locator('.getting-started-step').filter({ hasText: title });
    // VS Code may show its own page again in that tab, with a card for each walkthrough.
    const card = walkthrough
      .locator('.getting-started-category')
      .filter({ hasText: 'Get Started with Dataset Captions' })
      .first();
    const open = async (title: string): Promise<void> => {
      if (!(await walkthrough.isVisible())) await page.getByRole('tab', { name: /^(Welcome|Walkthrough)/ }).click();
      await until(`the step "${title}" to be open`, async () => {
        if (await step(title).isDisabled()) await card.click({ timeout: 2000 }).catch(() => undefined);
        const expanded = await step(title).getAttribute('aria-expanded');
        if (expanded !== 'true')
          await step(title)
            .click({ timeout: 2000 })
            .catch(() => undefined);
        return expanded === 'true';
      });
    };
    const ticked = (title: string): Promise<unknown> =>
      until(
        `the step "${title}" to be ticked`,
        async () => (await step(title).getAttribute('aria-checked')) === 'true',
      );

    await open('Open a dataset');
    await step('Open a dataset').getByText('a few small pictures', { exact: true }).click();
    const view = new DatasetView(workbench);
    await view.ready();
    await view.caption('5_scenery/alps.jpg').waitFor();
    const sample = path.join(workbench.storageFolder, 'sample-dataset/5_scenery');
    await open('Pick what captions');
    await ticked('Open a dataset');
    await step('Pick what captions').getByRole('button', { name: 'Select Captioner' }).click();
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'palette' }).first().waitFor();
    await page.keyboard.press('Escape');
    await ticked('Pick what captions');

    await open('Caption the empty ones');
    await step('Caption the empty ones').getByRole('button', { name: 'Caption Empty' }).click();
    await until('the tagger to caption an image of the sample', () =>
      readFile(path.join(sample, 'sunset.txt'), 'utf8').catch(() => undefined),
    );
    await ticked('Caption the empty ones');

    await open('Filter by tag');
    await step('Filter by tag').getByRole('button', { name: 'Show Tags' }).click();
    await page.getByRole('treeitem', { name: /^monochrome/ }).click();
    await view.caption('5_scenery/alps.jpg').waitFor();
    await view.caption('5_scenery/sunset.png').waitFor({ state: 'detached' });
    await open('Filter by tag');
    await ticked('Filter by tag');
    await workbench.screenshot('walkthrough');
    assert.deepEqual(workbench.errors, []);
  });
});
