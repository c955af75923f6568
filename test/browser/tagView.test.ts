import type { Locator } from 'playwright-core';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

describe('the tag view in the real workbench', function () {
  this.timeout(120_000);
  const suite = useWorkbench();

  it('filters by a tag that is clicked, excludes one by its button, and counts what is found', async () => {
    const view = await suite.open();
    const { workbench } = view;
    const { page } = workbench;
    await workbench.runCommand('Dataset Captions: Focus on Tags View');
    const line = (name: RegExp): Locator => page.getByRole('treeitem', { name });
    const search = view.frame.getByRole('combobox', { name: 'Search captions and file names' });
    const searchesFor = (query: string): Promise<unknown> =>
      until(`a search for ${query}`, async () => (await search.inputValue()) === query);
    // Of three captions two have it, and one of these has boats.
    await line(/^sepia, 2$/).click();
    await searchesFor('tag:sepia');
    await line(/^sepia, 2, included$/).waitFor();
    await line(/^snowy mountains, /).waitFor({ state: 'detached' });
    await line(/^monochrome, 2$/).waitFor();
    await workbench.screenshot('tags-filtered');
    await line(/^sepia, 2, included$/).click();
    await searchesFor('');
    await line(/^monochrome, 3$/).hover();
    await line(/^monochrome, 3$/)
      .getByRole('button', { name: 'Exclude Tag' })
      .click();
    await searchesFor('-tag:monochrome');
    await view.card('5_scenery/alps.jpg').waitFor({ state: 'detached' });
    await workbench.screenshot('tags-excluded');
    await search.fill('');
    // What comes with the result of a search closes a list that opens meanwhile.
    await view.card('5_scenery/alps.jpg').waitFor();
    await workbench.runCommand('Dataset Captions: Sort Images…');
    await page.getByRole('option', { name: /File Size.*Largest first/ }).click();
    await view.frame.getByRole('button', { name: 'Sorted largest first, change to smallest first' }).waitFor();
    await workbench.screenshot('sorted-by-file-size');
  });
});
