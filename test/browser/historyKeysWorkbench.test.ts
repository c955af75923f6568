import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { RecordHistory } from '../../src/records/RecordHistory';
import { listSnapshots } from '../../src/snapshots/store/snapshotFiles';
import { until } from './DatasetView';
import { HistoryByKeys } from './HistoryByKeys';
import { type SuiteWorkbench, useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const boats = '5_scenery/nagasaki boats.jpg';
/** What is typed in one go, also over a slow link, is one step. */
const settings = { 'datasetCaptions.autoSaveDelay': 1500 };

/** What is used of an element: this file is compiled without the DOM. */
interface Named {
  getAttribute(name: string): string | null;
}

/** All of the history of captions with no mouse: everything is reached, named, and the focus comes back to where it was. */
function itGoesByKeys(suite: SuiteWorkbench): void {
  const textOf = (image: string): Promise<string> =>
    readFile(path.join(suite.dataset, image.replace('.jpg', '.txt')), 'utf8').catch(() => '');
  const becomes = (image: string, text: string): Promise<unknown> =>
    until(`${image} to hold ${text}`, async () => (await textOf(image)).trim() === text);
  const cardOf = (image: string): RegExp => new RegExp(`^page: image-card: ${image.replaceAll('.', '\\.')}`);
  const names = (rows: Locator): Promise<(string | null)[]> =>
    rows.evaluateAll((found) => found.map((row) => (row as unknown as Named).getAttribute('aria-label')));
  let keys: HistoryByKeys;

  beforeEach(async () => {
    keys = new HistoryByKeys((await suite.open()).workbench);
    await keys.view.card(alps).focus();
    await keys.focusOn(cardOf(alps));
  });

  /** Adds to the end of the caption of the card that has the focus. */
  async function add(image: string, tag: string): Promise<void> {
    const wanted = `${(await textOf(image)).trim()}, ${tag}`;
    await keys.view.card(image).focus();
    await keys.press('F2');
    await keys.focusOn(/^page: textarea: Caption of/);
    await keys.press('Control+End');
    await keys.type(`, ${tag}`);
    await keys.press('Escape');
    await keys.focusOn(cardOf(image));
    await becomes(image, wanted);
  }

  it('the history of one caption, from its menu and the palette: restored, compared, and who wrote it', async () => {
    const { page } = keys.workbench;
    const old = (await textOf(alps)).trim();
    await add(alps, 'mine');
    await keys.menu('History of This Caption…');
    const list = await keys.picker('History of alps.jpg');
    await list.locator('.monaco-list-row').nth(1).waitFor();
    const [now, first] = await names(list.locator('.monaco-list-row'));
    assert.match(now ?? '', /^Now \(.+\), by hand, \+ mine$/);
    assert.match(first ?? '', /^At an unknown time, found as it was, /);
    await keys.press('ArrowDown', 'Enter');
    await keys.choose(/^History of alps\.jpg: /, 'Restore This Caption');
    await becomes(alps, old);
    await keys.focusOn(cardOf(alps));
    await keys.press('Control+z');
    await becomes(alps, `${old}, mine`);

    await keys.command('History of This Caption…');
    await keys.picker('History of alps.jpg');
    await keys.press('ArrowDown', 'Enter');
    await keys.choose(/^History of alps\.jpg: /, 'Compare with Now');
    const diff = page.locator('.monaco-diff-editor').first();
    await diff.locator('.view-line').filter({ hasText: 'mine' }).first().waitFor();
    await keys.press('Control+w');
    await diff.waitFor({ state: 'detached' });
    // VS Code has made the page of the dataset anew.
    await keys.focusOn(cardOf(alps));

    for (const open of [() => keys.menu('Who Wrote This'), () => keys.command('Who Wrote This')]) {
      await open();
      const who = await keys.picker(`Who wrote the caption of ${alps}`);
      await who.locator('.monaco-list-row').first().waitFor();
      const rows = await names(who.locator('.monaco-list-row'));
      assert.ok(
        rows.some((row) => /^mine, by hand, \S+ \d+$/.test(row ?? '')),
        rows.join('\n'),
      );
      await keys.press('Escape');
      await keys.focusOn(cardOf(alps));
    }
  });

  it('the history of the dataset: a snapshot made, compared, restored whole and for one tag, and deleted', async () => {
    const { view, workbench } = keys;
    const { page } = workbench;
    const [oldAlps = '', oldBoats = ''] = (await Promise.all([alps, boats].map(textOf))).map((text) => text.trim());
    await keys.command('Create Snapshot…');
    await keys.picker('Name of the snapshot');
    await keys.type('first');
    await keys.press('Enter');
    await until('the snapshot', async () => (await listSnapshots(suite.dataset)).snapshots.length === 1);
    await keys.focusOn(cardOf(alps));
    await add(alps, 'mine');
    await add(boats, 'mine, harbour');

    const tree = async (item: string): Promise<void> => {
      await keys.command('Dataset History');
      await keys.focusOn(/^div: Dataset History/);
      // Its entries come a moment later.
      await until('the snapshot to be reached', async () => {
        await keys.press('End');
        return /^div: Dataset History: first, \d/.test(await keys.focused());
      });
      await keys.menu(item);
    };
    await tree('Compare Snapshot with Now');
    const comparison = view.frame.getByRole('dialog', { name: 'Compare Captions' });
    await comparison.getByText('2 images with another caption').waitFor();
    await keys.focusOn(/^page: div: Captions that differ/);
    await keys.press('ArrowDown', 'Enter');
    const diff = page.locator('.monaco-diff-editor').first();
    await diff.locator('.view-line').filter({ hasText: 'harbour' }).first().waitFor();
    await keys.press('Control+w');
    await diff.waitFor({ state: 'detached' });
    await keys.focusOn(/^page: div: Captions that differ/);
    const row = comparison.getByRole('option', { name: /nagasaki boats\.jpg\. added: mine, harbour$/ });
    assert.equal(await row.getAttribute('aria-selected'), 'true');
    await keys.press('Escape');
    await comparison.waitFor({ state: 'hidden' });
    await keys.focusOn(cardOf(boats));

    // One tag everywhere, from the comparison, in which it is chosen.
    await keys.command('Compare Snapshots…');
    await keys.choose('Which snapshot?', 'first');
    await keys.choose('with…', 'Now');
    await keys.focusOn(/^page: div: Captions that differ/);
    await keys.press('Shift+Tab');
    await keys.focusOn(/^page: div: Tags and sentences that came or went: mine, added in 2 captions/);
    await keys.press('Enter');
    await comparison.getByText('2 of 2 captions').waitFor();
    await keys.press('Tab', 'Tab', 'Tab', 'Tab');
    await keys.focusOn(/^page: button$/);
    await keys.press('Enter');
    const edit = view.frame.getByRole('dialog', { name: 'Edit Captions' });
    await edit.getByRole('button', { name: 'Apply to 2 Captions' }).waitFor();
    await keys.focusOn(/^page: input/);
    assert.equal(await edit.getByRole('textbox', { name: 'Only these tags' }).inputValue(), 'mine');
    await keys.press('Control+Enter');
    await edit.waitFor({ state: 'hidden' });
    await becomes(alps, oldAlps);
    await becomes(boats, `${oldBoats}, harbour`);
    await keys.focusOn(cardOf(boats));

    await tree('Restore Snapshot…');
    await edit.getByRole('button', { name: 'Apply to 1 Caption' }).waitFor();
    await keys.press('Control+Enter');
    await becomes(boats, oldBoats);
    await edit.waitFor({ state: 'hidden' });
    await keys.focusOn(cardOf(boats));

    await tree('Delete Snapshot…');
    await page.locator('.monaco-dialog-box').getByText('Delete the snapshot “first').waitFor();
    await keys.focusOn(/^a$/);
    await keys.press('Enter');
    await page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
    await until('the snapshot to be gone', async () => {
      const rows = page.locator('[aria-label="Dataset History"] .monaco-list-row');
      return (await rows.filter({ hasText: 'first' }).count()) === 0;
    });
    await keys.focusOn(/^div: Dataset History/);
  });

  it('the deletions of one caption are forgotten', async () => {
    const { view, workbench } = keys;
    const { page } = workbench;
    await view.card('5_scenery/acanthus.jpg').focus();
    await keys.command('Caption Image');
    const file = '5_scenery/acanthus.txt';
    const acanthus = '5_scenery/acanthus.jpg';
    await until('a caption', async () => (await textOf(acanthus)) !== '');
    const tags = (await textOf(acanthus)).trim().split(', ');
    await until('the caption in the page', async () => (await view.caption(acanthus).inputValue()) === tags.join(', '));
    const [gone = '', ...rest] = tags;
    await keys.press('F2');
    await keys.focusOn(/^page: textarea: Caption of/);
    await keys.press('Control+Home');
    for (let left = `${gone}, `.length; left > 0; left--) await keys.press('Delete');
    await keys.press('Escape');
    await becomes(acanthus, rest.join(', '));
    const deleted = async (): Promise<string[]> =>
      (await RecordHistory.read(suite.dataset)).originsOf(file, await textOf(acanthus)).deleted.map(({ text }) => text);
    await until('the deletion in the record', async () => (await deleted()).join() === gone);
    await keys.menu('Forget Deletions…');
    const question = page.locator('.monaco-dialog-box');
    await question.getByText('Forget what was deleted by hand?').waitFor();
    await keys.press('Escape');
    await question.waitFor({ state: 'detached' });
    await keys.focusOn(cardOf(acanthus));
    await keys.menu('Forget Deletions…');
    await question.getByText(gone).waitFor();
    await keys.press('Enter');
    await question.waitFor({ state: 'detached' });
    await until('it is forgotten', async () => (await deleted()).length === 0);
    await keys.focusOn(cardOf(acanthus));
  });
}

/** One way, in milliseconds; what works far away works near by, which `npm run soak -- linkKeys` tries as well. */
const delays = (process.env.DATASET_CAPTIONS_LINK_DELAYS ?? '150').split(',').map(Number);

describe('the history of captions without a mouse, in the real workbench', function () {
  this.timeout(240_000);
  for (const delay of delays) {
    describe(`at ${String(delay)} ms`, () => {
      itGoesByKeys(useWorkbench({ workspaceSettings: settings, ...(delay === 0 ? {} : { link: { delay } }) }));
    });
  }
});
