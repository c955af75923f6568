import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { DatasetView, until } from './DatasetView';
import { useWorkbench } from './useWorkbench';
import type { Workbench } from './Workbench';

/** How long the link is cut, in milliseconds: `npm run soak -- cuts` says it, and only then all cases are played. */
const given = process.env.DATASET_CAPTIONS_CUT;
const cut = Number(given ?? 7000);
/** VS Code tries every 30 s after a while, and gives each try 30 s. */
const patience = 100_000;

const image = '5_scenery/alps.jpg';

/** What the user does about it. */
type Way = (bench: Workbench, mended: () => Promise<void>) => Promise<void>;

const ways: Record<string, Way> = {
  'it is waited for': async (_, mended) => mended(),
  'the window is loaded anew meanwhile': (bench, mended) => bench.loadAgain(mended),
  'the window is loaded anew as soon as there is a link': async (bench, mended) => {
    await mended();
    await bench.loadAgain();
  },
  'the window is closed meanwhile': (bench, mended) => bench.reopenWindow(mended),
  'the tab is closed meanwhile': async ({ page }, mended) => {
    await dismissDialog(page);
    await page.locator('.tabs-container .tab.active .tab-actions .action-label').click();
    await mended();
  },
};
const cuts = ['silence', 'break'] as const;
/** What `npm test` has time for. */
const quick = new Set(['silence: it is waited for', 'break: it is waited for']);
/** VS Code does not connect again to the host of an extension under development: there these would wait in vain. */
const installedOnly = new Set(['break: it is waited for', 'break: the tab is closed meanwhile']);
const isInstalled = process.env.DATASET_CAPTIONS_INSTALLED !== undefined;

/** After 40 s, and then with each of its tries, VS Code puts a dialog over the window. */
async function dismissDialog(page: Page): Promise<void> {
  const dialog = page.locator('.monaco-dialog-box');
  const dismiss = dialog.getByRole('button', { name: 'Dismiss', exact: true });
  while ((await dialog.count()) > 0) await dismiss.click({ timeout: 2000 }).catch(() => undefined);
}

describe('a connection that goes, in the real workbench', function () {
  this.timeout(180_000 + 2 * cut);
  const suite = useWorkbench({ link: { delay: 0 } });

  const onDisk = async (): Promise<string> => {
    const text = await readFile(path.join(suite.dataset, '5_scenery/alps.txt'), 'utf8').catch(() => '');
    return text.trimEnd();
  };
  const notice = (view: DatasetView) => view.frame.locator('.connection');
  const saved = (text: string): Promise<unknown> =>
    until(`"${text}" to be saved`, async () => (await onDisk()) === text, patience);

  for (const kind of cuts) {
    for (const [title, way] of Object.entries(ways)) {
      const name = `${kind}: ${title}`;
      if (given === undefined && !quick.has(name)) continue;
      it(`saves what was typed while there was no connection; ${name}`, async function () {
        if (!isInstalled && installedOnly.has(name)) this.skip();
        const view = await suite.open();
        const bench = await suite.window();
        const { link, page } = bench;
        await view.type(image, ', before');
        await until('the text to be saved', async () => (await onDisk()).endsWith(', before'));
        const before = await onDisk();
        await page.keyboard.type(', at', { delay: 30 });
        const begun = Date.now();
        link[kind]();
        await page.keyboard.type(', during', { delay: 200 });
        await notice(view).getByText('Not connected; 1 caption not saved').waitFor({ timeout: 15_000 });
        await sleep(Math.max(0, cut - 2000 - (Date.now() - begun)));
        await dismissDialog(page);
        await view.type(image, ', more');
        await sleep(Math.max(0, cut - (Date.now() - begun)));
        const typed = (await view.caption(image).inputValue()).trimEnd();
        // The last keys may have gone to another dialog.
        assert.ok(typed.startsWith(`${before}, at, during`) && `${before}, at, during, more`.startsWith(typed), typed);
        await way(bench, async () => {
          await sleep(1000);
          link.mend();
        });
        await saved(typed);
        if (title.startsWith('the tab')) return;
        // Perhaps in another window.
        const after = new DatasetView(bench);
        const shown = after.caption(image);
        await shown.waitFor({ timeout: patience });
        await until('the card to show it', async () => (await shown.inputValue()).trimEnd() === typed);
        await notice(after).waitFor({ state: 'hidden', timeout: patience });
      });
    }
  }
});
