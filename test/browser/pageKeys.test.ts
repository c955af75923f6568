import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import { useGridBrowser } from './useGridBrowser';

const path = (index: number): string => `00_set/image_${String(index).padStart(5, '0')}.png`;

describe('The keys of the page, whose host is far away, in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(60);
  });

  const open = async (): Promise<void> => {
    page = await browser.open(host);
    await page.getByRole('gridcell').first().waitFor();
    await cell(0).getByText('image_').waitFor();
    // What VS Code hears of keys, and how many tones are played.
    await page.evaluate(`{
      window.forwarded = [];
      window.addEventListener('keydown', (event) => window.forwarded.push(event.key));
      window.tones = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...when) { window.tones++; return start.apply(this, when); };
    }`);
  };
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const cell = (index: number): Locator => page.getByRole('group', { name: path(index), exact: true });
  const caption = (index: number): Locator => cell(index).getByRole('textbox');
  const searchBox = (): Locator => page.getByRole('combobox', { name: 'Search captions and file names' });
  const viewer = (): Locator => page.getByRole('dialog', { name: /^Image/ });
  const dialog = (): Locator => page.getByRole('dialog', { name: 'Edit Captions' });
  const tagsField = (): Locator => dialog().getByRole('textbox', { name: 'Tags' });
  const hasFocus = (element: Locator): Promise<boolean> =>
    element.evaluate((node) => (node as unknown as { matches(of: string): boolean }).matches(':focus'));
  const forwarded = async (): Promise<unknown> =>
    (await page.evaluate<string[]>('window.forwarded')).filter((key) => key !== 'Control');
  const tones = (): Promise<unknown> => page.evaluate('window.tones');
  const drafts = (): unknown[] =>
    (host.said('draft') as { path: string; text: string }[]).map(({ path: of, text }) => [of, text]);
  /** Types as fast as a person can, right after the key before. */
  const type = (text: string): Promise<void> => page.keyboard.type(text, { delay: 20 });
  /** Presses keys without a pause. */
  const pressAll = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  describe('Ctrl+F and what is typed right behind it', () => {
    it('goes into the search field from a caption, which keeps its text as one edit', async () => {
      await open();
      await caption(1).focus();
      await page.keyboard.press('End');
      await type('!');
      await page.keyboard.press('Control+f');
      await type('tag:mono');
      assert.equal(await searchBox().inputValue(), 'tag:mono');
      // Not asked of its card, which goes when the search has found nothing.
      assert.equal(host.item(path(1)).text, 'tag 1, sky, tree!');
      assert.deepEqual(drafts(), [[path(1), 'tag 1, sky, tree!']]);
      assert.deepEqual(host.said('commit'), [{ path: path(1) }]);
      assert.deepEqual(await forwarded(), ['End', '!', 't', 'a', 'g', ':', 'm', 'o', 'n', 'o']);
    });

    it('goes into the search field from a cell, from a tag, and from nothing', async () => {
      host.page = { captionMode: 'tags' };
      await open();
      for (const from of ['cell', 'tag', 'field behind the tags', 'nothing']) {
        if (from === 'cell') await cell(1).focus();
        else if (from === 'tag') await cell(1).locator('tag-chips [role=option], tag-chips .chip').first().focus();
        else if (from === 'nothing') await page.evaluate('document.activeElement.blur()');
        else await cell(1).locator('tag-chips input').focus();
        await page.keyboard.press('Control+f');
        await type('tag:mono');
        assert.equal(await searchBox().inputValue(), 'tag:mono', from);
        await searchBox().fill('');
      }
      assert.deepEqual(drafts(), []);
    });

    it('pastes into the search field, not over the caption of the cell', async () => {
      await open();
      await cell(1).focus();
      await page.keyboard.press('Control+c');
      await pressAll('Control+f', 'Control+v');
      assert.equal(await searchBox().inputValue(), 'tag 1, sky, tree');
      assert.deepEqual(drafts(), []);
      assert.deepEqual(host.said('pasteCaption'), []);
    });

    for (const isTyping of [false, true]) {
      it(`closes the viewer, ${isTyping ? 'with its caption' : 'with its picture'}, and the grid does not take the focus`, async () => {
        await open();
        await cell(2).focus();
        await page.keyboard.press('Enter');
        await until('the picture has the focus', () => hasFocus(viewer().locator('picture-stage')));
        if (isTyping) {
          await pressAll('F2', 'End');
          await type('!');
        }
        await page.keyboard.press('Control+f');
        await type('tag:mono');
        assert.equal(await searchBox().inputValue(), 'tag:mono');
        await viewer().waitFor({ state: 'hidden' });
        await page.waitForTimeout(200);
        await type('x');
        assert.equal(await searchBox().inputValue(), 'tag:monox', 'the focus stays');
        assert.deepEqual(drafts(), isTyping ? [[path(2), 'tag 2, sky, tree!']] : []);
      });
    }

    it('is kept from everything while a dialog is open', async () => {
      await open();
      await cell(1).focus();
      await page.keyboard.press('Control+h');
      await dialog().waitFor();
      await type('smile');
      await page.keyboard.press('Control+f');
      await page.keyboard.press('Control+h');
      await type('s');
      assert.equal(await tagsField().inputValue(), 'smiles');
      assert.equal(await searchBox().inputValue(), '');
      assert.deepEqual(await forwarded(), []);
    });

    it('still comes from VS Code, as from its palette', async () => {
      await open();
      await caption(1).focus();
      host.focusSearch();
      await until('the field has the focus', () => hasFocus(searchBox()));
    });
  });

  describe('Ctrl+H and what is typed right behind it', () => {
    it('goes into the first field of the dialog from a cell, a caption and the viewer', async () => {
      await open();
      host.bulkEdits.delay = 600;
      for (const from of ['cell', 'caption', 'viewer']) {
        if (from === 'cell') await cell(1).focus();
        else if (from === 'caption') await caption(1).focus();
        else {
          await cell(1).focus();
          await page.keyboard.press('Enter');
          await viewer().locator('picture-stage').waitFor();
        }
        await page.keyboard.press('Control+h');
        await type('smile');
        assert.equal(await tagsField().inputValue(), 'smile', from);
        await tagsField().fill('');
        await page.keyboard.press('Escape');
        await dialog().waitFor({ state: 'hidden' });
      }
      assert.deepEqual(drafts(), []);
    });

    it('stays when VS Code opens the dialog a second time, a round trip later', async () => {
      await open();
      await cell(1).focus();
      await page.keyboard.press('Control+h');
      await type('smi');
      host.openBulkEdit({ form: {} });
      await type('le');
      await page.waitForTimeout(100);
      await type('s');
      assert.equal(await tagsField().inputValue(), 'smiles');
      await dialog().getByText('60 captions would change').waitFor();
      // A command that fills in a field still does.
      host.openBulkEdit({ form: { operation: 'removeTags', find: 'sky' } });
      await until('the field is filled in', async () => (await tagsField().inputValue()) === 'sky');
    });

    it('means the images that were selected just before', async () => {
      host.latency = 500;
      await open();
      await cell(1).focus();
      await pressAll('Space', 'ArrowRight', 'Space', 'Control+h');
      assert.ok(await dialog().getByRole('radio', { name: '2 selected images' }).isChecked());
      await type('smile');
      await dialog().getByText('2 captions would change').waitFor();
    });
  });

  describe('Ctrl+C and Ctrl+V on a cell', () => {
    it('copies and pastes in the order of the keys, without a pause and before the host has answered', async () => {
      host.takesDrafts = false;
      await open();
      await cell(2).focus();
      await pressAll('Control+c', 'ArrowLeft', 'Control+v', 'ArrowRight', 'ArrowRight');
      await until('the text is in the card', async () => (await caption(1).inputValue()) === 'tag 2, sky, tree');
      assert.deepEqual(drafts(), [[path(1), 'tag 2, sky, tree']]);
      assert.deepEqual(host.said('commit'), [{ path: path(1) }], 'as one undo step');
      assert.equal(await caption(2).inputValue(), 'tag 2, sky, tree');
      // What is pasted is what the card shows, though the host knows nothing of it yet.
      await cell(1).focus();
      await pressAll('Control+c', 'Home', 'Control+v');
      assert.equal(await caption(0).inputValue(), 'tag 2, sky, tree');
      assert.deepEqual(host.said('pasteCaption'), []);
    });

    it('goes on with the pasted text when it is edited at once', async () => {
      host.takesDrafts = false;
      host.item(path(4)).text = '';
      await open();
      await cell(2).focus();
      await page.keyboard.press('Control+c');
      for (const index of [1, 4]) {
        await cell(index).focus();
        await pressAll('Control+v', 'F2');
        await type(', extra');
        assert.equal(await caption(index).inputValue(), 'tag 2, sky, tree, extra');
        assert.deepEqual(drafts().at(-1), [path(index), 'tag 2, sky, tree, extra']);
        await page.keyboard.press('Escape');
      }
    });

    it('shows several selected images what would be pasted, with the text of the clipboard', async () => {
      await open();
      await cell(2).focus();
      await page.keyboard.press('Control+c');
      host.latency = 500;
      await pressAll('Space', 'ArrowRight', 'Space', 'Control+v');
      await dialog().waitFor();
      assert.equal(await dialog().getByRole('textbox', { name: 'Caption' }).inputValue(), 'tag 2, sky, tree');
      assert.ok(await dialog().getByRole('radio', { name: '2 selected images' }).isChecked());
      await dialog().getByText('1 caption would change').waitFor();
      assert.deepEqual(drafts(), []);
    });

    it('pastes into a single selected image without asking', async () => {
      await open();
      await cell(2).focus();
      await page.keyboard.press('Control+c');
      host.latency = 300;
      await pressAll('ArrowLeft', 'Space', 'Control+v');
      await until('it is pasted', () => host.item(path(1)).text === 'tag 2, sky, tree');
      assert.equal(await dialog().count(), 0);
    });

    it('leaves it to the host to say why a caption cannot be replaced', async () => {
      host.item(path(1)).foreignEncoding = 'windows-1252';
      host.item(path(2)).save = { state: 'conflict', theirs: 'theirs' };
      await open();
      await cell(0).focus();
      await page.keyboard.press('Control+c');
      for (const index of [1, 2]) {
        await cell(index).focus();
        await page.keyboard.press('Control+v');
      }
      await until('both are asked', () => host.said('pasteCaption').length === 2);
      const text = 'tag 0, sky, tree';
      assert.deepEqual(host.said('pasteCaption'), [
        { path: path(1), text },
        { path: path(2), text },
      ]);
      assert.deepEqual(drafts(), []);
    });

    it('refuses in words and with a tone what means nothing', async () => {
      host = new FakeHost(2000);
      host.item(path(4)).text = '';
      await open();
      await cell(4).focus();
      await page.keyboard.press('Control+c');
      await page
        .locator('page-notice')
        .getByText(`${path(4)} has no caption to copy.`)
        .waitFor();
      assert.equal(await tones(), 1);
      assert.deepEqual(host.said('copyCaption'), []);
      await cell(3).focus();
      host.latency = 60_000;
      await pressAll('Control+End', 'Control+v');
      await page.locator('page-notice').getByText('This image is still loading.').waitFor();
      assert.equal(await tones(), 2);
      assert.deepEqual(drafts(), []);
    });
  });

  describe('Delete on a cell', () => {
    it('asks once, and keys that act on images are refused until the answer', async () => {
      let answer: (() => void) | undefined;
      host.bulkEdits.answerToDelete = () =>
        new Promise((resolve) => {
          answer = resolve;
        });
      await open();
      await cell(1).focus();
      await pressAll('Delete', 'Enter', 'Delete', 'F2', 'ArrowRight', 'Control+v');
      await until('it is asked', () => answer !== undefined);
      assert.deepEqual(host.said('deleteImages'), [{ path: path(1) }]);
      assert.equal(await viewer().count(), 0);
      assert.equal(await tones(), 5);
      await page.locator('page-notice').getByText('VS Code is about to ask whether to delete.').waitFor();
      assert.deepEqual(drafts(), []);
      answer?.();
      await page.locator('page-notice').getByText('VS Code is').waitFor({ state: 'hidden' });
      await page.keyboard.press('Delete');
      await until('it is asked again', () => host.said('deleteImages').length === 2);
      answer?.();
    });

    it('takes keys again when the question fails, or when Escape withdraws it', async () => {
      host.bulkEdits.answerToDelete = () => Promise.reject(new Error('The disk is gone.'));
      await open();
      await cell(1).focus();
      await page.keyboard.press('Delete');
      await page.getByRole('alert').getByText('The disk is gone.').waitFor();
      host.bulkEdits.answerToDelete = () => new Promise(() => undefined);
      await pressAll('Delete', 'Escape', 'ArrowRight', 'Enter');
      await viewer().getByText(path(2)).first().waitFor();
      assert.equal(host.said('deleteImages withdrawn').length, 1);
      assert.equal(await page.getByRole('alert').getByText('Cancelled').count(), 0);
    });

    it('is withdrawn by Escape from anywhere in the page, and a second one does what it does there', async () => {
      host.bulkEdits.answerToDelete = () => new Promise(() => undefined);
      await open();
      await cell(1).focus();
      await page.keyboard.press('Delete');
      await caption(2).focus();
      await page.keyboard.press('Escape');
      await until('it is withdrawn', () => host.said('deleteImages withdrawn').length === 1);
      assert.ok(await hasFocus(caption(2)));
      await page.keyboard.press('Escape');
      await until('the cell has the focus', () => hasFocus(cell(2)));
    });

    it('names the selection, or the image alone if it is all that is selected', async () => {
      host.latency = 300;
      await open();
      await cell(1).focus();
      await pressAll('Space', 'Delete');
      await until('it is asked', () => host.said('deleteImages').length === 1);
      await page.waitForTimeout(400);
      await pressAll('ArrowRight', 'Space', 'Delete');
      await until('it is asked again', () => host.said('deleteImages').length === 2);
      assert.deepEqual(host.said('deleteImages'), [{ path: path(1) }, { scope: 'selection' }]);
    });
  });

  it('are refused in words where there is nothing to search or edit', async () => {
    host = new FakeHost(0);
    page = await browser.open(host);
    await page.getByText('No images in this folder').waitFor();
    await page.keyboard.press('Control+f');
    await page.locator('page-notice').getByText('There is nothing to search').waitFor();
    await page.keyboard.press('Control+h');
    await page.locator('page-notice').getByText('There are no captions to edit').waitFor();
    assert.equal(await dialog().count(), 0);
  });

  it('keeps the focus where the user is when the image or the edit that was asked for comes late', async () => {
    let come = (): void => undefined;
    const typed = new Promise<void>((resolve) => {
      come = resolve;
    });
    class LateHost extends FakeHost {
      protected override moreRequests(): ReturnType<FakeHost['moreRequests']> {
        const late = async <T>(answer: T): Promise<T> => {
          await typed;
          return answer;
        };
        return { wantedImage: () => late({ path: path(5) }), wantedEdit: () => late({ form: { tags: 'smile' } }) };
      }
    }
    host = new LateHost(60);
    await open();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('sky OR tree OR', { delay: 20 });
    come();
    await page.waitForTimeout(500);
    await page.keyboard.type(' sea', { delay: 20 });
    assert.equal(await searchBox().inputValue(), 'sky OR tree OR sea');
    assert.ok(await hasFocus(searchBox()));
    assert.equal(await dialog().count(), 0);
    await page.keyboard.press('Control+h');
    await tagsField().waitFor();
    assert.equal(await tagsField().inputValue(), 'smile');
  });

  it('go on in the grid after a button that went away with what it did', async () => {
    await open();
    await cell(2).focus();
    await page.keyboard.press('Space');
    const bar = page.getByRole('toolbar', { name: 'Selection' });
    await bar.waitFor();
    await page.waitForTimeout(600);
    await bar.getByRole('button', { name: /^Select All/ }).click();
    await page.waitForTimeout(200);
    assert.ok(await hasFocus(bar.getByRole('button', { name: /^Select All/ })));
    await bar.getByRole('button', { name: 'Clear' }).click();
    await until('the cell has the focus', () => hasFocus(cell(2)));
  });
});
