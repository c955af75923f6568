import assert from 'node:assert/strict';
import { captions } from './datasetFiles';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

describe('The keys of the page in the workbench', function () {
  this.timeout(120_000);
  const suite = useWorkbench();

  it('act before the next key, and VS Code does not run its commands for them as well', async () => {
    const { dataset } = suite;
    const before = await captions(dataset);
    const view = await suite.open();
    const { frame, workbench } = view;
    const { keyboard } = workbench.page;
    const search = frame.getByRole('combobox', { name: 'Search captions and file names' });
    const alps = view.card('5_scenery/alps.jpg');
    const type = (text: string): Promise<void> => keyboard.type(text, { delay: 20 });

    await alps.getByRole('textbox').focus();
    await keyboard.press('Control+f');
    await type('name:a');
    assert.equal(await search.inputValue(), 'name:a');
    // A command that VS Code ran too would select the text a moment later, and the next letters would replace it.
    await workbench.page.waitForTimeout(1000);
    await type('l');
    assert.equal(await search.inputValue(), 'name:al');
    await search.fill('');

    await alps.focus();
    await keyboard.press('Control+h');
    await type('smi');
    await workbench.page.waitForTimeout(1000);
    await type('le');
    const dialog = frame.getByRole('dialog', { name: 'Edit Captions' });
    assert.equal(await dialog.getByRole('textbox', { name: 'Tags' }).inputValue(), 'smile');
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });

    await alps.focus();
    const text = before['5_scenery/alps.txt']?.trimEnd() ?? '';
    for (const key of ['Control+c', 'ArrowLeft', 'Control+v', 'F2', 'End']) await keyboard.press(key);
    await type(', extra');
    await keyboard.press('Escape');
    const changed = async (): Promise<[string, string | undefined][]> => {
      const now = await captions(dataset);
      const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
      return names.filter((name) => now[name] !== before[name]).map((name) => [name, now[name]?.trimEnd()]);
    };
    await until('the file with the text', async () => (await changed()).some(([, now]) => now === `${text}, extra`));
    assert.equal((await changed()).length, 1, 'no other caption was changed');
  });
});
