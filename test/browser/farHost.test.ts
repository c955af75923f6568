import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { Cells, imageName, imagePath } from './Cells';
import { FakeHost } from './fakeHost';
import { useGridBrowser } from './useGridBrowser';

const count = 342;
const first = imagePath(0);
const last = imagePath(count - 1);

describe('the grid and the viewer of a host that answers late', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;
  let cells: Cells;

  beforeEach(() => {
    host = new FakeHost(count);
  });

  /** Opens the page, and lets the answers of the host take `latency` from then on. */
  const open = async (latency = 600): Promise<void> => {
    page = await browser.open(host);
    cells = new Cells(page);
    await cells.cell(first).getByRole('img').waitFor();
    host.latency = latency;
    await cells.cell(first).focus();
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const textIs = (path: string, text: string): Promise<void> =>
    cells.until(`${path} has the text ${text}`, () => host.item(path).text === text);
  const textOf = (index: number): string => (index % 7 === 3 ? '' : `tag ${index}, sky, tree`);
  /** No caption but these differs from what it was. */
  const onlyChanged = (...paths: string[]): void => {
    host.items.forEach(({ path, text }, index) => {
      if (!paths.includes(path)) assert.equal(text, textOf(index), path);
    });
  };
  const dialog = () => page.getByRole('dialog');

  it('takes the keys after Enter in the viewer, and those after Escape in the grid', async () => {
    await open();
    await press('Enter', 'PageDown', 'PageDown', 'F2');
    await page.keyboard.type(', a');
    await press('Escape', 'Escape', 'ArrowRight', 'F2');
    await page.keyboard.type(', b');
    await press('Escape');
    await textIs(imagePath(2), `${textOf(2)}, a`);
    await textIs(imagePath(3), `${textOf(3)}, b`);
    onlyChanged(imagePath(2), imagePath(3));
    assert.equal(await dialog().count(), 0);
    await cells.focused(imagePath(3));
  });

  for (const pause of [0, 40, 120, 250]) {
    it(`gives what is typed to the fourth image after four times Ctrl+Enter, ${pause} ms apart`, async () => {
      await open();
      await press('Enter', 'End', 'PageUp', 'PageUp', 'PageUp', 'PageUp', 'PageUp', 'F2');
      for (let turn = 0; turn < 4; turn++) {
        await press('Control+Enter');
        await page.waitForTimeout(pause);
      }
      for (const letter of 'wxyz') {
        await press(letter);
        await page.waitForTimeout(pause);
      }
      await press('Escape');
      const fourth = count - 2;
      await textIs(imagePath(fourth), `${textOf(fourth)}wxyz`);
      onlyChanged(imagePath(fourth));
      assert.equal(host.said('save').length, 4, 'each was saved, without waiting');
    });
  }

  it('shows the position at once, and never an image that was passed', async () => {
    await open();
    await press('Enter', 'End');
    await dialog().getByText(`${count} of ${count}`, { exact: true }).waitFor({ timeout: 300 });
    await press('PageUp', 'PageUp');
    await dialog()
      .getByText(`${count - 2} of ${count}`, { exact: true })
      .waitFor({ timeout: 300 });
    const shown: string[] = [];
    await cells.until('the image is there', async () => {
      const path = (await dialog().locator('.path').textContent()) ?? '';
      if (path !== '' && shown.at(-1) !== path) shown.push(path);
      return path === imagePath(count - 3);
    });
    assert.deepEqual(shown, [imagePath(count - 3)]);
  });

  for (const mode of ['text', 'tags'] as const) {
    it(`keeps what is typed into a caption that has not come, and adds it when it comes, shown as ${mode}`, async () => {
      host.page = { layout: 'grid', cardSize: 'medium', captionMode: mode, index: 0, path: '', query: '' };
      await open();
      await press('Control+End', 'F2');
      await page.keyboard.type('mono');
      assert.deepEqual(host.said('draft'), [], 'nobody knows yet whose it is');
      const joint = mode === 'text' ? '' : ', ';
      await textIs(last, `${textOf(count - 1)}${joint}mono`);
      await page.keyboard.type('chrome');
      await textIs(last, `${textOf(count - 1)}${joint}monochrome`);
      await press('Escape');
      await cells.focused(last);
      onlyChanged(last);
    });
  }

  it('refuses in words a key that needs the text of a caption that has not come', async () => {
    await open();
    await press('Control+End', 'F2', 'Home');
    await page.locator('page-notice').getByText('The caption is not here yet').waitFor();
  });

  it('keeps tags that were finished before the caption came, and the one that was not', async () => {
    host.page = { layout: 'grid', cardSize: 'medium', captionMode: 'tags', index: 0, path: '', query: '' };
    await open();
    await press('Control+End', 'F2');
    await page.keyboard.type('red, green, bl');
    await textIs(last, `${textOf(count - 1)}, red, green, bl`);
    await page.keyboard.type('ue');
    await press('Enter');
    await textIs(last, `${textOf(count - 1)}, red, green, blue`);
    assert.deepEqual(await cells.cell(last).locator('.chip-text').allTextContents(), [
      'tag 341',
      'sky',
      'tree',
      'red',
      'green',
      'blue',
    ]);
  });

  it('makes an edit of what was typed when the caption comes, if it was left before', async () => {
    await open();
    await press('Control+End', 'F2');
    await page.keyboard.type(', x');
    await press('Control+Shift+Enter');
    await page.keyboard.type(', y');
    await press('Escape', 'ArrowLeft');
    await cells.until('both are edits', () => host.said('commit').length === 2);
    assert.deepEqual(host.said('commit'), [{ path: last }, { path: imagePath(count - 2) }]);
    await textIs(last, `${textOf(count - 1)}, x`);
    await textIs(imagePath(count - 2), `${textOf(count - 2)}, y`);
    onlyChanged(last, imagePath(count - 2));
    await cells.focused(imagePath(count - 3));
  });

  it('goes on holding what was typed into a caption that has not come while the page is hidden', async () => {
    await open();
    await press('Control+End', 'F2');
    await page.keyboard.type('mono');
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      delete document.visibilityState;
    `);
    await page.keyboard.type('chrome');
    await textIs(last, `${textOf(count - 1)}monochrome`);
    assert.deepEqual(host.said('typedAhead'), [], 'it would be added to the caption a second time');
  });

  it('shows what is typed at one image at once at the other that shares its caption, and goes on from there', async () => {
    const second = imagePath(1);
    Object.assign(host.item(second), { captionPath: host.item(first).captionPath, text: textOf(0) });
    await open(0);
    host.distance = 500;
    await cells.caption(first).click();
    await press('Control+End');
    await page.keyboard.type(', x');
    assert.equal(await cells.caption(second).inputValue(), `${textOf(0)}, x`);
    await cells.caption(second).click();
    await press('Control+End');
    await page.keyboard.type(', y');
    assert.equal(await cells.caption(first).inputValue(), `${textOf(0)}, x, y`);
    await press('Escape', 'Control+z');
    const shown = async (): Promise<boolean> => (await cells.caption(first).inputValue()) === `${textOf(0)}, x`;
    for (let tries = 0; tries < 200 && !(await shown()); tries++) await page.waitForTimeout(50);
    assert.ok(await shown(), 'the second edit is taken back');
    await textIs(second, `${textOf(0)}, x`);
    const drafts = host.said('draft') as { text: string; from: string }[];
    drafts.slice(1).forEach(({ from }, at) => {
      assert.equal(from, drafts[at]?.text, 'no text of before that is contradicted');
    });
  });

  it('selects a card that has not come, and ranges to and from it', async () => {
    await open();
    await press('Control+End', ' ');
    assert.equal(await page.locator('[role=gridcell][aria-selected=true]').count(), 1, 'at once');
    assert.deepEqual(host.said('select'), [{ command: { kind: 'toggleAt', index: count - 1, order: 2 } }]);
    await press('Shift+ArrowLeft', 'Shift+ArrowLeft');
    await cells.selects([count - 3, count - 2, count - 1].map(imageName));
    await cells.until('the host has them', () => host.items.filter(({ selected }) => selected).length === 3);
  });

  it('keeps Delete, copy and paste from a card that has not come', async () => {
    await open();
    await press('Control+End', 'Delete', 'Control+c', 'Control+v', 'Enter', 'Escape');
    await cells.focused(last);
    for (const name of ['deleteImages', 'copyCaption', 'pasteCaption']) assert.deepEqual(host.said(name), [], name);
  });

  it('gives what is typed to the image that stood there when the order changes before its card comes', async () => {
    await open();
    await press('Control+End', 'F2');
    await page.keyboard.type(', x');
    host.items.splice(count - 3, 1, { ...host.items[0]!, path: '00_set/image_00000a.png' });
    host.items.push({ ...host.items[1]!, path: 'z/a.png' }, { ...host.items[1]!, path: 'z/b.png' });
    host.push();
    await page.keyboard.type('y');
    await textIs(last, `${textOf(count - 1)}, xy`);
    await page.keyboard.type('z');
    await textIs(last, `${textOf(count - 1)}, xyz`);
    assert.equal(host.item('z/b.png').text, textOf(1));
    await press('Escape');
    await cells.focused(last);
  });

  it('says so and shows it where the image that was typed for is not in the list any more', async () => {
    await open();
    host.items.pop();
    await press('Control+End', 'F2');
    await page.keyboard.type('lost?');
    host.push();
    await page.getByRole('alert').getByText('lost?').waitFor();
    assert.deepEqual(host.said('draft'), []);
  });

  describe('goes from folder to folder', () => {
    const folders = ['a', 'b', 'c', 'd'];
    const nth = (folder: string, index: number): string => `${folder}/${index}.png`;
    const target = nth('c', 0);

    beforeEach(() => {
      const paths = folders.flatMap((folder) => Array.from({ length: 60 }, (_, index) => nth(folder, index + 100)));
      paths.splice(120, 1, target);
      host.items = paths.map((path, index) => ({ ...host.items[index]!, path, text: 'old' }));
    });
    const openAt = async (latency: number, waits: boolean): Promise<void> => {
      page = await browser.open(host);
      cells = new Cells(page);
      await cells.cell(nth('a', 100)).getByRole('img').waitFor();
      await cells.until('the folders are known', () => waits || host.said('folderLengths').length > 0);
      host.latency = latency;
      await cells.cell(nth('a', 100)).focus();
    };
    const notice = (text: string) => page.locator('page-notice').getByText(text);
    const searchField = () => page.getByRole('combobox', { name: 'Search captions and file names' });
    const changed = (): string[] => host.items.filter(({ text }) => text !== 'old').map(({ path }) => path);

    for (const pause of [0, 60, 200]) {
      it(`two of them by two keys, and what is typed goes there, ${pause} ms apart`, async () => {
        await openAt(600, false);
        for (const key of ['Control+Alt+ArrowDown', 'Control+Alt+ArrowDown', 'F2']) {
          await press(key);
          await page.waitForTimeout(pause);
        }
        await page.keyboard.type('new');
        await textIs(target, 'oldnew');
        assert.deepEqual(changed(), [target]);
        await press('Escape', 'Control+Alt+ArrowUp');
        await cells.focused(nth('b', 100));
      });
    }

    for (const [what, answer] of [
      ['until the page knows where they begin', undefined],
      ['where there are too many to know them all', null],
    ] as const) {
      it(`and the keys wait in order ${what}`, async () => {
        // The page asks when it has been shown; the key comes before the answer.
        host.latency = answer === null ? 0 : 1500;
        if (answer === null) host.folderLengths = () => null;
        await openAt(host.latency || 400, true);
        await press('F2', 'Control+Alt+ArrowDown', 'Control+Alt+ArrowDown', 'F2', 'End');
        await page.keyboard.type(', Ab');
        await press('Backspace');
        await textIs(target, 'old, A');
        await page.keyboard.type('B');
        await textIs(target, 'old, AB');
        await press('Escape');
        await cells.focused(target);
        assert.deepEqual(changed(), [target]);
      });
    }

    it('but not after a click, which the keys that wait must not undo', async () => {
      host.latency = 2500;
      await openAt(2500, true);
      const box = await cells.cell(nth('a', 101)).boundingBox();
      assert.ok(box !== null);
      await press('Control+Alt+ArrowDown', 'F2');
      await page.mouse.click(box.x + 60, box.y + 60);
      await notice('The keys that waited for the folder had no effect.').waitFor();
      await page.waitForTimeout(2800);
      await cells.focused(nth('a', 101));
      await page.keyboard.type('x');
      assert.deepEqual(changed(), []);
    });

    describe('and while it is not known where they begin', () => {
      let tell: () => void;

      beforeEach(() => {
        host.foldersKnown = new Promise((resolve) => {
          tell = resolve;
        });
      });
      /** Opens the page with so few images that all cards are there. */
      const openFew = (): Promise<void> => {
        host.items = host.items.filter((_, index) => index % 60 < 5);
        return openAt(0, true);
      };

      it('the keys that wait do in a caption what they do there at once, and what cannot wait is refused', async () => {
        await openFew();
        await press('Control+Alt+ArrowDown', 'Control+Alt+ArrowDown', 'F2', 'Home', 'Delete');
        await page.keyboard.type('X');
        await press('End', 'Shift+ArrowLeft', 'Control+v');
        await notice('Looking for the folder…').waitFor();
        await page.keyboard.type('Y');
        tell();
        await textIs(target, 'XlY');
        assert.deepEqual(changed(), [target]);
      });

      it('Tab waits with the other keys', async () => {
        await openFew();
        await press('Control+Alt+ArrowDown', 'Tab', 'Enter');
        tell();
        await cells.until('the first button of the card was pressed', () => host.said('captionImage').length === 1);
        await cells.cell(nth('b', 100)).focus();
        await press('Tab', 'Enter');
        await cells.until('it is the same without waiting', () => host.said('captionImage').length === 2);
        assert.deepEqual(host.said('captionImage'), [{ path: nth('b', 100) }, { path: nth('b', 100) }]);
      });

      it('Ctrl+F waits, and all that is typed behind it goes into the search field', async () => {
        await openAt(0, true);
        await press('F2', 'Control+Alt+ArrowDown', 'Control+f');
        await page.keyboard.type('tag:monochrome OR tag:');
        // The answer comes while the rest is typed.
        tell();
        await page.keyboard.type('sepia OR tag:mono');
        const query = 'tag:monochrome OR tag:sepia OR tag:mono';
        await cells.until('all is in the field', async () => (await searchField().inputValue()) === query);
        assert.deepEqual(changed(), []);
      });

      it('two presses of the button go on for two of them', async () => {
        await openAt(0, true);
        const button = page.getByRole('button', { name: 'Next folder' });
        await button.click();
        await button.click();
        tell();
        await cells.until('the third folder is at the top', async () => (await cells.top(target)) < 200);
      });
    });
  });
});
