import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { readText } from './datasetFiles';
import type { Workbench } from './Workbench';

/** What came of unsaved edits whose files, and many others, another program changed. */
export interface ChangedBehindEdits {
  /** caption files that the other program wrote */
  changed: number;
  /** captions that were edited and not saved */
  edited: number;
  conflicts: number;
  /** from the first write of the other program until all conflicts were counted, milliseconds */
  shownMs: number;
}

/**
 * Types into captions, lets another program write all caption files of the folder, and looks for every text of both.
 * @param scratch a folder
 * @param changed how many caption files there are
 * @param edited how many of them have unsaved edits
 * @param open opens the folder in a workbench in which nothing is saved by itself
 * @throws AssertionError when a text is lost
 */
export async function changeBehindEdits(
  scratch: string,
  changed: number,
  edited: number,
  open: () => Promise<Workbench>,
): Promise<ChangedBehindEdits> {
  const set = await mkdtemp(path.join(scratch, 'shared-'));
  const names = Array.from({ length: changed }, (_, n) => String(n).padStart(4, '0'));
  const image = (n: number): string => `${names[n] ?? ''}.png`;
  const file = (n: number): string => path.join(set, `${names[n] ?? ''}.txt`);
  const mine = (n: number): string => `old ${n}, mine ${n}`;
  const theirs = (n: number): string => `outside ${n}`;
  for (const [n] of names.entries()) {
    await writeFile(path.join(set, image(n)), '');
    await writeFile(file(n), `old ${n}`);
  }
  const bench = await open();
  const view = await DatasetView.open(bench, path.basename(set));
  const { keyboard } = bench.page;
  const { frame } = view;
  const formatted = (count: number): string => count.toLocaleString('en');

  // By the keyboard: cards that are not in view are not in the page.
  await view.caption(image(0)).click();
  for (let n = 0; n < edited; n++) {
    if (n > 0) for (const key of ['Escape', 'ArrowRight', 'F2']) await keyboard.press(key);
    await keyboard.press('Control+End');
    await keyboard.type(`, mine ${n}`);
    await until(`the typed text of ${image(n)}`, async () => (await view.caption(image(n)).inputValue()) === mine(n));
  }
  await frame.getByText(`${formatted(edited)} unsaved`).waitFor();

  const begun = Date.now();
  await Promise.all(names.map((_, n) => writeFile(file(n), theirs(n))));
  const conflicts = frame.locator('.summary').filter({ hasText: new RegExp(`\\b${edited} conflicts?\\b`) });
  await conflicts.waitFor({ timeout: 60_000 });
  const shownMs = Date.now() - begun;
  await bench.screenshot(`${edited}-conflicts`);

  // Saving writes over nothing.
  await keyboard.press('Control+s');
  await conflicts.waitFor();
  const search = frame.getByLabel('Search captions and file names').first();
  const matching = async (query: string, count: number): Promise<void> => {
    await search.fill(query);
    const found = new RegExp(`^\\s*${formatted(count)} of ${formatted(changed)} images`);
    await frame.locator('.summary').filter({ hasText: found }).waitFor();
  };
  await matching('caption:outside', changed - edited);
  for (const [n] of names.entries()) assert.equal(await readText(file(n)), theirs(n));
  await matching('is:conflict', edited);
  await view.card(image(0)).waitFor();
  await view.caption(image(0)).click();
  await keyboard.press('Escape');
  for (let n = 0; n < edited; n++) {
    if (n > 0) await keyboard.press('ArrowRight');
    assert.equal(await view.caption(image(n)).inputValue(), mine(n));
    assert.equal(await view.card(image(n)).getByRole('note', { name: 'On disk' }).textContent(), theirs(n));
  }

  // What was typed can be kept, and what is on disk.
  const last = edited - 1;
  const choose = (n: number, choice: string): Promise<void> =>
    view.card(image(n)).getByRole('button', { name: choice }).click();
  await choose(last, 'Keep mine');
  await choose(last - 1, 'Take theirs');
  await search.fill('');
  await frame
    .locator('.summary')
    .filter({ hasText: new RegExp(`\\b${edited - 2} conflicts?\\b`) })
    .waitFor();
  await view.card(image(last)).waitFor();
  await view.caption(image(last)).click();
  await keyboard.press('Control+s');
  await until('the chosen text on disk', async () => (await readText(file(last))) === mine(last));
  for (const [n] of names.entries()) if (n !== last) assert.equal(await readText(file(n)), theirs(n));
  return { changed, edited, conflicts: edited, shownMs };
}
