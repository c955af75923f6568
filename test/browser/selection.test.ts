import assert from 'node:assert/strict';
import { Cells, imageName, imagePath } from './Cells';
import { FakeHost } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

describe('the selection in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let cells: Cells;

  beforeEach(() => {
    host = new FakeHost(3000);
  });

  const open = async (options?: PageOptions): Promise<void> => {
    cells = new Cells(await browser.open(host, options));
    await cells.cell(imagePath(0)).getByRole('textbox').waitFor();
  };
  const names = (...indices: number[]): string[] => indices.map(imageName);
  const held = (): string[] => host.items.filter(({ selected }) => selected).map(({ path }) => path);
  const picture = (name: string): Promise<unknown> =>
    process.env.PICTURES === undefined
      ? Promise.resolve()
      : cells.page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });

  it('selects with the mouse: one, more, a range, and not by editing', async () => {
    await open();
    const grid = cells.page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-multiselectable'), 'true');
    await cells.click(imagePath(1));
    await cells.selects(names(1));
    await cells.focused(imagePath(1));
    await cells.click(imagePath(3), 'ControlOrMeta');
    await cells.selects(names(1, 3));
    await cells.click(imagePath(6), 'Shift');
    await cells.selects(names(3, 4, 5, 6));
    await cells.click(imagePath(0), 'ControlOrMeta');
    await cells.click(imagePath(1), 'ControlOrMeta', 'Shift');
    await cells.selects(names(0, 1, 3, 4, 5, 6));
    await picture('selection');
    await cells.caption(imagePath(8)).click();
    await cells.selects(names(0, 1, 3, 4, 5, 6));
    await cells.page.getByText('6 images selected').waitFor();
    assert.deepEqual(held(), [0, 1, 3, 4, 5, 6].map(imagePath));
    await cells.click(imagePath(2));
    await cells.selects(names(2));
  });

  it('shows a tick box that adds to the selection', async () => {
    await open();
    await cells.cell(imagePath(1)).hover();
    await cells.page.getByRole('checkbox', { name: `Select ${imagePath(1)}` }).click();
    await cells.page.getByRole('checkbox', { name: `Select ${imagePath(4)}` }).click();
    await cells.selects(names(1, 4));
    assert.ok(await cells.page.getByRole('checkbox', { name: `Select ${imagePath(4)}` }).isChecked());
    await cells.focused(imagePath(4));
    await cells.page.getByRole('checkbox', { name: `Select ${imagePath(4)}` }).click();
    await cells.selects(names(1));
  });

  it('selects with the keyboard alone', async () => {
    await open();
    const { keyboard } = cells.page;
    const columns = Number(await cells.page.getByRole('grid').getAttribute('aria-colcount'));
    await cells.cell(imagePath(0)).focus();
    await keyboard.press('Space');
    await cells.selects(names(0));
    await keyboard.press('Shift+ArrowRight');
    await keyboard.press('Shift+ArrowRight');
    await cells.selects(names(0, 1, 2));
    await keyboard.press('Shift+ArrowLeft');
    await cells.selects(names(0, 1));
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await cells.selects(names(0, 1));
    await keyboard.press('Space');
    await cells.selects(names(0, 1, 3));
    await keyboard.press('Space');
    await cells.selects(names(0, 1));
    await keyboard.press('Shift+Space');
    await cells.selects(names(3));
    await keyboard.press('Control+Shift+ArrowDown');
    await cells.selects(Array.from({ length: columns + 1 }, (_, index) => imageName(3 + index)));
    await keyboard.press('Control+Shift+End');
    await cells.focused(imagePath(2999));
    await cells.until('all of the rest is selected', () => held().length === 3000 - 3);
    await keyboard.press('Escape');
    await cells.selects([]);
    await cells.page.getByText('Nothing selected').waitFor();
    await keyboard.press('Control+a');
    await cells.page.getByText('3,000 images selected').waitFor();
    assert.equal(held().length, 3000);
  });

  it('shows a change before a slow host has answered, and keeps every one of many', async () => {
    await open();
    await cells.cell(imagePath(0)).focus();
    host.latency = 400;
    const { keyboard } = cells.page;
    await keyboard.press('Space');
    await cells.page.waitForTimeout(60);
    assert.deepEqual(await cells.selected(), names(0), 'at once');
    for (let index = 1; index < 5; index++) {
      await keyboard.press('ArrowRight');
      await keyboard.press('Space');
    }
    await keyboard.press('Space');
    await cells.page.waitForTimeout(60);
    assert.deepEqual(await cells.selected(), names(0, 1, 2, 3));
    for (let tries = 0; tries < 12; tries++) {
      await cells.page.waitForTimeout(100);
      assert.deepEqual(await cells.selected(), names(0, 1, 2, 3), 'no flicker while the answers come');
    }
    assert.deepEqual(held(), [0, 1, 2, 3].map(imagePath));
  });

  it('is about images, not places: searching and new images leave it alone', async () => {
    await open();
    await cells.click(imagePath(1));
    await cells.click(imagePath(4), 'ControlOrMeta');
    host.items.unshift({ ...host.item(imagePath(0)), path: '00_set/a_new.png', selected: false });
    host.push();
    await cells.cell('00_set/a_new.png').waitFor();
    await cells.selects(names(1, 4));
    await cells.page.getByRole('combobox', { name: 'Search captions and file names' }).fill('image_0000');
    await cells.page.getByText('10 of 3,001 images', { exact: true }).waitFor();
    await cells.selects(names(1, 4));
    await cells.click(imagePath(6), 'Shift');
    await cells.selects(names(4, 5, 6));
  });

  it('selects by touch: a long press, then taps', async () => {
    await open({ touch: true });
    const press = async (path: string, milliseconds: number): Promise<void> => {
      const box = (await cells.cell(path).locator('.picture').boundingBox())!;
      const session = await cells.page.context().newCDPSession(cells.page);
      const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
      await cells.page.waitForTimeout(milliseconds);
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    await press(imagePath(1), 700);
    await cells.selects(names(1));
    await press(imagePath(2), 30);
    await cells.selects(names(1, 2));
    await press(imagePath(1), 30);
    await cells.selects(names(2));
  });

  it('opens an image large by Enter and double click', async () => {
    await open();
    const viewer = cells.page.getByRole('dialog');
    await cells.cell(imagePath(1)).focus();
    await cells.page.keyboard.press('Enter');
    await viewer.getByText(imageName(1)).first().waitFor();
    await cells.page.keyboard.press('Escape');
    await cells.focused(imagePath(1));
    await cells
      .cell(imagePath(2))
      .locator('.picture')
      .dblclick({ position: { x: 60, y: 60 } });
    await viewer.getByText(imageName(2)).first().waitFor();
    await cells.page.keyboard.press('Escape');
    await cells.focused(imagePath(2));
  });

  it('deletes all that is selected right after a range was added to it', async () => {
    host.latency = 400;
    host.bulkEdits.answerToDelete = () => new Promise(() => undefined);
    await open();
    for (const index of [0, 1, 2]) {
      await cells.click(imagePath(index), 'ControlOrMeta');
      await cells.page.waitForTimeout(100);
    }
    await cells.selects(names(0, 1, 2));
    await cells.page.waitForTimeout(600);
    await cells.click(imagePath(2), 'ControlOrMeta', 'Shift');
    await cells.page.keyboard.press('Delete');
    await cells.until('it is asked', () => host.said('deleteImages').length === 1);
    assert.deepEqual(host.said('deleteImages'), [{ scope: 'selection' }], 'the selection, not one image');
  });

  for (const theme of ['light', 'high-contrast'] as const) {
    it(`can be seen in ${theme}`, async () => {
      await open({ theme, width: 900, height: 640 });
      await cells.click(imagePath(1));
      await cells.selects(names(1));
      await picture(`selection-${theme}`);
      const border = (index: number): Promise<unknown> =>
        cells.page.evaluate(`(() => {
          const grid = document.querySelector('dataset-editor').shadowRoot.querySelector('image-grid');
          const style = getComputedStyle(grid.shadowRoot.querySelector('image-card[data-index="${index}"]'));
          return style.borderColor + style.boxShadow + style.borderStyle;
        })()`);
      assert.notEqual(await border(1), await border(2));
    });
  }
});
