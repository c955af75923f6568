import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type DatasetView, until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

/** How long the link is cut, in milliseconds: short in `npm test`, longer by hand. */
const cut = Number(process.env.DATASET_CAPTIONS_CUT ?? 7000);

const image = '5_scenery/alps.jpg';

describe('a connection that goes, in the real workbench', function () {
  this.timeout(120_000 + 3 * cut);
  const suite = useWorkbench({ link: { delay: 0 } });

  const onDisk = (): Promise<string> =>
    readFile(path.join(suite.dataset, '5_scenery/alps.txt'), 'utf8').catch(() => '');
  const notice = (view: DatasetView) => view.frame.locator('.connection');
  const saved = (text: string): Promise<unknown> =>
    until(`"${text}" to be saved`, async () => (await onDisk()).trimEnd().endsWith(text), 90_000);

  it('goes on by itself after a silence: what was typed is saved', async () => {
    const view = await suite.open();
    const { link, page } = await suite.window();
    await view.type(image, ', before');
    await saved(', before');
    link.silence();
    await page.keyboard.type(', during', { delay: 200 });
    await view.frame.getByText('Not connected; 1 caption not saved').first().waitFor({ timeout: 15_000 });
    await page.waitForTimeout(cut - 5000);
    await page.keyboard.type(', more');
    assert.ok((await onDisk()).trimEnd().endsWith(', before'));
    link.mend();
    await saved(', before, during, more');
    await notice(view).waitFor({ state: 'hidden' });
  });
});
