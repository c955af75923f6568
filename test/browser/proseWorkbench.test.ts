import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { assertAccessible } from './assertAccessible';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const both = '5_scenery/acanthus.jpg';
const prose = '5_scenery/airplane.webp';
const tags = '5_scenery/alps.jpg';

const sentences = 'A plant with broad, lobed leaves stands in a dark room, lit from the left.';
const alone = 'An old airplane, its wings of canvas, stands in a field. Broad leaves, wet and green, lie on its wings.';

describe('prose in the real workbench', function () {
  this.timeout(240_000);
  const suite = useWorkbench();

  const file = (image: string): string => path.join(suite.dataset, image.replace(/\.\w+$/, '.txt'));
  const text = (image: string): Promise<string> => readFile(file(image), 'utf8');

  it('is a text on the cards of tags, is counted in words and phrases, and is left alone by edits of tags', async () => {
    await writeFile(file(both), `sks plant, hat. ${sentences}`);
    await writeFile(file(prose), alone);
    const view = await suite.open();
    const { workbench, frame } = view;
    const { page } = workbench;
    const themeAtFirst = (await frame.locator('body').getAttribute('data-vscode-theme-id')) ?? '';
    const inThemes = async (name: string): Promise<void> => {
      for (const theme of ['Dark Modern', 'Light Modern', 'Default High Contrast', 'Default High Contrast Light']) {
        await workbench.setColorTheme(theme);
        await frame.locator(`body[data-vscode-theme-id="${theme}"]`).waitFor({ state: 'attached' });
        await workbench.screenshot(`${name} ${theme}`);
        await assertAccessible(view);
      }
      await workbench.setColorTheme(themeAtFirst);
    };

    await frame.getByRole('radio', { name: 'Captions as tags' }).check();
    await view.card(both).scrollIntoViewIfNeeded();
    const chips = (image: string): Promise<string[]> => view.card(image).locator('.chip-text').allTextContents();
    await until('the chips', async () => (await chips(both)).join() === 'sks plant,hat');
    const piece = view.card(both).getByRole('listitem').getByRole('button', { name: sentences });
    await piece.waitFor();
    assert.equal(await view.caption(prose).inputValue(), alone);
    assert.equal(await view.caption(prose).getAttribute('spellcheck'), 'true');
    assert.ok((await chips(tags)).includes('snowy mountains'));

    // The palette takes the focus from the page, so this is before anything is typed.
    await inThemes('prose-cards');

    // By keyboard alone: from the last tag to the text, which is changed as a text and kept.
    await view.card(both).getByRole('button', { name: 'hat', exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const field = view.card(both).getByRole('textbox', { name: `Text of ${both}` });
    await field.waitFor();
    assert.equal(await field.getAttribute('spellcheck'), 'true');
    await page.keyboard.type(' A wall, grey, is behind it.');
    await workbench.screenshot('prose-field');
    await assertAccessible(view);
    await page.keyboard.press('Enter');
    const changed = `${sentences} A wall, grey, is behind it.`;
    await until('the text in the file', async () => (await text(both)) === `sks plant, hat. ${changed}`);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Delete');
    await until('the tag gone, the text as it was', async () => (await text(both)) === `sks plant. ${changed}`);

    await workbench.runCommand('Dataset Captions: Focus on Tags View');
    const line = (name: RegExp): Locator => page.getByRole('treeitem', { name });
    await line(/^monochrome, 3$/).waitFor();
    await line(/^Words and Phrases/).click();
    const phrase = line(/^leaves, 2$/);
    await phrase.waitFor();
    await line(/^stands, 2$/).waitFor();
    await inThemes('prose-phrases');
    await phrase.click();
    const search = frame.getByRole('combobox', { name: 'Search captions and file names' });
    await until('a search', async () => (await search.inputValue()) === 'caption:leaves');
    await view.card(tags).waitFor({ state: 'detached' });
    await view.card(prose).waitFor();
    await search.fill('');
    await view.card(tags).waitFor();

    await view.card(tags).focus();
    await page.keyboard.press('Control+h');
    const dialog = frame.getByRole('dialog', { name: 'Edit Captions' });
    await dialog.locator('select.operation').selectOption('sortTags');
    await dialog.getByText('1 caption in sentences has no tags and stays as it is').waitFor();
    await inThemes('prose-preview');
    const before = await text(tags);
    await dialog.getByRole('button', { name: /^Apply to/ }).click();
    await until('sorted tags', async () => (await text(tags)) !== before);
    assert.equal(await text(prose), alone);
    assert.equal(await text(both), `sks plant. ${changed}`);
  });
});
