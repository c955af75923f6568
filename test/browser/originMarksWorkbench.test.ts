import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { type DatasetView, until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const image = '5_scenery/acanthus.jpg';

describe('what a machine wrote, in the real workbench', () => {
  const suite = useWorkbench();
  let view: DatasetView;

  const marked = (): Promise<string[]> => view.card(image).locator('.by-machine .chip-text').allTextContents();
  const chip = (tag: string): Locator => view.card(image).getByRole('button', { name: tag, exact: true });
  const becomes = (tags: string[]): Promise<unknown> =>
    until(`the marks to be those of ${tags.join(', ')}`, async () => (await marked()).join() === tags.join());
  const file = (): Promise<string> => readFile(path.join(suite.dataset, image.replace('.jpg', '.txt')), 'utf8');

  it('is marked as soon as a job wrote it, no more once a person edits it, and is found and named', async () => {
    view = await suite.open();
    const { page } = view.workbench;
    await view.frame.getByRole('radio', { name: 'Captions as tags' }).check();
    await view.card(image).scrollIntoViewIfNeeded();
    assert.deepEqual(await marked(), []);
    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    const tags = (await file()).trim().split(', ');
    const [first = '', second = '', ...rest] = tags;
    await becomes(tags);
    assert.match((await chip(first).getAttribute('title')) ?? '', /^Palette.*, 0\.\d\d, \S+ \d+\n/i);
    await view.workbench.screenshot('origin marks');

    await chip(first).dblclick();
    await page.keyboard.type(`very ${first}`);
    await page.keyboard.press('Enter');
    await becomes([second, ...rest]);
    await until('the edit in the file', async () => (await file()).startsWith(`very ${first}`));
    await chip(second).click();
    await page.keyboard.press('Delete');
    await until('the other edit in the file', async () => !(await file()).includes(second));
    await becomes(rest);

    await view.card(image).click({ position: { x: 20, y: 20 } });
    await view.workbench.runCommand('Dataset Captions: Who Wrote This');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    const texts = await rows.allInnerTexts();
    assert.ok(
      texts.some((text) => text.includes(`very ${first}`) && text.includes('by hand')),
      texts.join('\n'),
    );
    assert.ok(
      texts.some((text) => text.includes(rest[0] ?? '') && /0\.\d\d/.test(text)),
      texts.join('\n'),
    );
    await view.workbench.screenshot('who wrote this');
    await page.keyboard.press('Escape');

    const search = view.frame.getByLabel('Search captions and file names').first();
    const finds = async (query: string, isThere: boolean): Promise<void> => {
      await search.fill(query);
      await view.card(image).waitFor({ state: isThere ? 'attached' : 'detached' });
    };
    await finds('-origin:*', false);
    await finds('origin:palette*', true);
    await finds('by:job', false);
    await finds(`deleted:"${second}"`, true);
    await finds('-origin:hand', false);
  });
});
