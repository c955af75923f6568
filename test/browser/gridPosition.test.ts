import assert from 'node:assert/strict';
import { Cells, imagePath } from './Cells';
import { FakeHost, HugeFakeHost } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

/** What the tests read of the grid, which they cannot reach by a name. */
const grid = `document.querySelector('dataset-editor').shadowRoot.querySelector('image-grid')`;

describe('the place in the grid in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let cells: Cells;

  const open = async (count: number, options?: PageOptions): Promise<void> => {
    host = count > 20_000 ? new HugeFakeHost(count) : new FakeHost(count);
    cells = new Cells(await browser.open(host, options));
    await cells.cell(imagePath(0)).getByRole('textbox').waitFor();
  };
  const picture = async (name: string): Promise<void> => {
    if (process.env.PICTURES !== undefined)
      await cells.page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
  };
  const scrollTo = async (top: string): Promise<void> => {
    await cells.page.evaluate(`${grid}.scrollTop = ${top}`);
    await cells.page.waitForTimeout(350);
  };
  const cards = (): Promise<number> => cells.page.locator('image-card').count();
  const newImages = (count: number): void => {
    const made = Array.from({ length: count }, (_, at) => ({ ...host.item(imagePath(0)), path: `00_set/a_${at}.png` }));
    host.items.unshift(...made);
    host.push();
  };
  const seen = async (path: string): Promise<void> => {
    await cells.until(`${path} is seen`, async () => {
      const box = await cells.cell(path).boundingBox();
      return box !== null && box.y > 60 && box.y < 760;
    });
  };

  it('keeps what is looked at in its place when images come before it and leave', async () => {
    await open(3000);
    await scrollTo('20_000');
    const looked = imagePath(330);
    await seen(looked);
    const before = await cells.top(looked);
    newImages(10);
    await cells.page.getByText('3,010 images').waitFor();
    await cells.page.waitForTimeout(200);
    assert.equal(await cells.top(looked), before);
    host.items.splice(0, 100);
    host.push();
    await cells.page.getByText('2,910 images').waitFor();
    await cells.page.waitForTimeout(200);
    assert.equal(await cells.top(looked), before);
  });

  it('goes where somebody was as soon as that image is read, unless he went elsewhere meanwhile', async () => {
    for (const goesElsewhere of [false, true]) {
      host = new FakeHost(3000);
      const all = [...host.items];
      const looked = imagePath(1500);
      host.page = { path: looked, index: 1500 };
      host.sort = { key: 'name', descending: true };
      // The folder is being read: what comes later goes before what is there.
      host.items.splice(0, host.items.length, ...all.slice(0, 100));
      cells = new Cells(await browser.open(host));
      await cells.page.getByText('100 images').first().waitFor();
      await cells.cell(imagePath(0)).waitFor();
      if (goesElsewhere) await scrollTo('200');
      for (const count of [1000, 3000]) {
        host.items.splice(0, host.items.length, ...all.slice(0, count));
        host.push();
        await cells.page
          .getByText(`${count.toLocaleString('en')} images`)
          .first()
          .waitFor();
      }
      if (!goesElsewhere) await seen(looked);
      else {
        await cells.page.waitForTimeout(300);
        assert.equal(await cells.cell(looked).count(), 0);
      }
      await browser.closePages();
    }
  });

  it('shows another order from its beginning, also when the image where somebody was comes only then', async () => {
    host = new FakeHost(3000);
    const all = [...host.items];
    const looked = imagePath(1500);
    host.page = { path: looked, index: 1500 };
    host.items.splice(0, host.items.length, ...all.slice(0, 100));
    cells = new Cells(await browser.open(host));
    await cells.page.getByText('100 images').first().waitFor();
    await cells.cell(imagePath(99)).waitFor();
    host.items.splice(0, host.items.length, ...all);
    host.sort = { key: 'name', descending: true };
    host.push();
    await seen(imagePath(2999));
    assert.equal(await cells.cell(looked).count(), 0);
  });

  it('keeps the typing and its card when a slow host says that images came', async () => {
    await open(3000);
    host.latency = 200;
    await cells.caption(imagePath(7)).click();
    await cells.page.keyboard.type('a');
    newImages(5);
    await cells.page.keyboard.type('bcd', { delay: 120 });
    await cells.until('all was taken in', () => host.item(imagePath(7)).text.includes('abcd'));
    assert.ok(await cells.isFocused(cells.caption(imagePath(7))));
    assert.ok((await cells.caption(imagePath(7)).inputValue()).includes('abcd'));
  });

  it('gives the place of an image that is gone to the one after it', async () => {
    await open(3000);
    await cells.cell(imagePath(6)).focus();
    host.items = host.items.filter(({ path }) => path !== imagePath(6));
    host.push();
    await cells.focused(imagePath(7));
  });

  it('gives the focus back that another frame took, to the image after one that is gone meanwhile', async () => {
    await open(3000);
    // A page of another frame takes the focus; the browser then forgets which element had it.
    const leave = (): Promise<unknown> =>
      cells.page.evaluate(`{
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.contentWindow.focus();
        frame.contentDocument.body.appendChild(document.createElement('input')).focus();
      }`);
    const comeBack = (): Promise<unknown> =>
      cells.page.evaluate(`{ document.querySelector('iframe').remove(); window.focus(); }`);
    await cells.caption(imagePath(6)).focus();
    await leave();
    await comeBack();
    await cells.until('the caption has the focus', () => cells.isFocused(cells.caption(imagePath(6))));
    await cells.cell(imagePath(6)).focus();
    await leave();
    host.items = host.items.filter(({ path }) => path !== imagePath(6));
    host.push();
    await cells.cell(imagePath(6)).waitFor({ state: 'detached' });
    await comeBack();
    await cells.focused(imagePath(7));
  });

  it('stays at the image that was chosen when the order is turned around', async () => {
    await open(3000);
    await scrollTo('20_000');
    await seen(imagePath(330));
    await cells.click(imagePath(330));
    const before = await cells.top(imagePath(330));
    host.sort = { key: 'name', descending: true };
    host.push();
    await cells.until('the one before comes after', async () => {
      const [one, other] = [cells.cell(imagePath(330)), cells.cell(imagePath(329))];
      if ((await one.count()) === 0 || (await other.count()) === 0) return false;
      return Number(await one.getAttribute('data-index')) < Number(await other.getAttribute('data-index'));
    });
    assert.ok(Math.abs((await cells.top(imagePath(330))) - before) < 1);
    await cells.focused(imagePath(330));
  });

  it('names the folder in view and leads to the ones beside it', async () => {
    await open(3000);
    const heading = cells.page.getByRole('heading', { name: '00_set' });
    await heading.waitFor();
    await cells.page.getByRole('button', { name: 'Next folder' }).click();
    await cells.page.getByRole('heading', { name: '01_set' }).waitFor();
    await seen(imagePath(1000));
    await cells.cell(imagePath(1000)).focus();
    await cells.page.keyboard.press('Control+Alt+ArrowDown');
    await cells.focused(imagePath(2000));
    await cells.page.getByRole('heading', { name: '02_set' }).waitFor();
    await cells.page.keyboard.press('ArrowRight');
    await cells.page.keyboard.press('Control+Alt+ArrowUp');
    await cells.focused(imagePath(2000));
    await cells.page.keyboard.press('Control+Alt+ArrowUp');
    await cells.focused(imagePath(1000));
    host.sort = { key: 'modified', descending: false };
    host.push();
    await cells.page.getByRole('heading').first().waitFor({ state: 'hidden' });
  });

  it('lists images with the same keys', async () => {
    await open(3000);
    host.item(imagePath(2)).save = { state: 'conflict', theirs: 'what the other program wrote' };
    host.item(imagePath(3)).warnings = ['Shares its caption file with 00_set/image_00003.jpg'];
    host.item(imagePath(4)).save = { state: 'failed', reason: 'The disk is full.' };
    host.push();
    await cells.page.getByRole('radio', { name: 'List' }).check();
    await cells.cell(imagePath(1)).focus();
    await cells.page.keyboard.press('Space');
    await cells.page.keyboard.press('Shift+ArrowDown');
    await cells.selects(['image_00001.png', 'image_00002.png']);
    assert.equal(await cells.page.getByRole('grid').getAttribute('aria-rowcount'), '3000');
    for (const size of ['Small', 'Medium', 'Large']) {
      await cells.page.getByRole('radio', { name: size }).check();
      await cells.page.waitForTimeout(250);
      await picture(`list-${size}`);
      const wide = await cells.page.evaluate(`${grid}.scrollWidth - ${grid}.clientWidth`);
      assert.equal(wide, 0);
    }
    await cells.page.setViewportSize({ width: 420, height: 700 });
    await cells.page.waitForTimeout(300);
    await picture('list-narrow');
    assert.equal(await cells.page.evaluate(`${grid}.scrollWidth - ${grid}.clientWidth`), 0);
    await cells.cell(imagePath(2)).focus();
    await cells.page.keyboard.press('F2');
    await cells.until('the caption is edited', () => cells.isFocused(cells.caption(imagePath(2))));
    await cells.page.getByRole('radio', { name: 'Captions as tags' }).check();
    await cells.page.waitForTimeout(250);
    await picture('list-tags');
  });

  for (const [width, height] of [
    [3840, 2160],
    [7680, 4320],
  ] as const) {
    it(`has at most 300 cards in a window of ${width} x ${height}, all that is in view among them`, async () => {
      await open(20_000, { width, height });
      await cells.page.getByRole('radio', { name: 'Small' }).check();
      await scrollTo('30_000');
      assert.ok((await cards()) <= 300, `${await cards()} cards`);
      const below = await cells.page.evaluate(
        `[...${grid}.shadowRoot.querySelectorAll('image-card')].some((card) => card.getBoundingClientRect().bottom >= ${height})`,
      );
      assert.equal(below, true);
    });
  }

  it('reaches the last of a million images by End and by the scroll bar, in little memory', async () => {
    await open(1_000_000);
    const session = await cells.page.context().newCDPSession(cells.page);
    const heap = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Infinity) / 2 ** 20;
    };
    await session.send('Performance.enable');
    const last = '999_set/image_999999.png';
    await cells.cell(imagePath(0)).focus();
    await cells.page.keyboard.press('Control+End');
    await cells.focused(last);
    await cells.page.keyboard.press('Control+Home');
    await cells.focused(imagePath(0));
    for (const part of ['0.1', '0.35', '0.62', '0.9']) await scrollTo(`${grid}.scrollHeight * ${part}`);
    await scrollTo('0');
    const box = (await cells.page.locator('image-grid').boundingBox())!;
    const { mouse } = cells.page;
    await mouse.move(box.x + box.width - 5, box.y + 20);
    await mouse.down();
    await mouse.move(box.x + box.width - 5, box.y + box.height / 2, { steps: 5 });
    await mouse.move(box.x + box.width - 5, box.y + box.height + 20, { steps: 5 });
    await mouse.up();
    await seen(last);
    assert.ok((await cards()) <= 300);
    const used = await heap();
    assert.ok(used < 200, `${used} MB`);
    if (process.env.PICTURES !== undefined) console.log(`      ${used.toFixed(1)} MB of heap`);
  });
});
