import assert from 'node:assert/strict';
import path from 'node:path';
import { captions, fingerprint, readText } from './datasetFiles';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

describe('Bulk edits in the workbench', function () {
  this.timeout(120_000);
  const suite = useWorkbench();

  it('adds a tag to the files that the preview shows, and one undo gives every byte back; deletes image and caption', async () => {
    const { dataset } = suite;
    const bytes = async (): Promise<string[]> =>
      Object.entries(await fingerprint(dataset)).map(([name, print]) => `${name} ${print.split(' ')[0] ?? ''}`);
    const before = await captions(dataset);
    const beforeBytes = await bytes();
    // The last one has no caption yet.
    const images = ['10_cat/locomotion', '5_scenery/alps', '5_scenery/acanthus'];
    const view = await suite.open();
    const { frame, workbench } = view;
    const { keyboard } = workbench.page;
    await view.card('5_scenery/alps.jpg').focus();
    await keyboard.press('Control+h');
    const dialog = frame.getByRole('dialog', { name: 'Edit Captions' });
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('of one edit');
    const rows = dialog.getByRole('listbox', { name: 'Captions that change' }).getByRole('option');
    await rows.filter({ hasText: 'of one edit' }).first().waitFor();
    await workbench.screenshot('bulk-edit');
    await dialog.getByRole('button', { name: 'Tick None' }).click();
    for (const name of images) await rows.filter({ hasText: name }).click();
    await dialog.getByRole('button', { name: 'Apply to 3 Captions' }).click();
    await until('three files with the tag', async () => {
      const now = await captions(dataset);
      const edited = Object.keys(now).filter((name) => now[name]?.includes('of one edit'));
      return edited.length === 3 && edited.every((name) => now[name]?.startsWith((before[name] ?? '').trimEnd()));
    });
    await view.card('5_scenery/alps.jpg').focus();
    await keyboard.press('Control+z');
    await until('the old bytes', async () => JSON.stringify(await bytes()) === JSON.stringify(beforeBytes));

    await view.card('5_scenery/alps.jpg').focus();
    await keyboard.press('Delete');
    const box = workbench.page.locator('.monaco-dialog-box');
    await box.getByText('Delete 5_scenery/alps.jpg and its caption?').waitFor();
    // Somebody who says no is where he was: a letter typed next must not be lost, nor the key that asks again.
    await workbench.dialogButton('Cancel');
    await box.waitFor({ state: 'detached' });
    const focused = (image: string): Promise<unknown> =>
      until(`${image} to have the focus`, () =>
        view.card(image).evaluate((card: { matches(selector: string): boolean }) => card.matches(':focus')),
      );
    await focused('5_scenery/alps.jpg');
    await keyboard.press('Delete');
    // The server of a browser has no trash, and the one question says so.
    await box.getByText(/deleted permanently, because there is no trash/).waitFor();
    assert.ok((await readText(path.join(dataset, '5_scenery/alps.jpg'))) !== undefined);
    await workbench.screenshot('delete-permanently');
    await workbench.dialogButton('Delete Permanently');
    await until(
      'image and caption gone',
      async () =>
        (await readText(path.join(dataset, '5_scenery/alps.jpg'))) === undefined &&
        (await readText(path.join(dataset, '5_scenery/alps.txt'))) === undefined,
    );
    await view.card('5_scenery/alps.jpg').waitFor({ state: 'detached' });
    await focused('5_scenery/nagasaki boats.jpg');
  });
});
