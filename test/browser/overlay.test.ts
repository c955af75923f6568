import assert from 'node:assert/strict';
import type { JobView } from '../../src/protocol/page/gridProtocol';
import { Cells, imageName, imagePath } from './Cells';
import { FakeHost } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const search = 'Search captions and file names';

describe('what lies over the grid, in a browser', function () {
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
  const job = (id: string, more: Partial<JobView> = {}): JobView => ({
    id,
    label: `Job ${id}`,
    state: 'running',
    handled: 12,
    total: 345,
    failed: 0,
    untagged: 0,
    kept: 0,
    flagged: 0,
    message: '',
    execution: [],
    failures: [],
    moreFailures: 0,
    ...more,
  });
  const bar = () => cells.page.getByRole('toolbar', { name: 'Selection' });
  const press = async (times: number, pause: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      if (time > 0) await cells.page.waitForTimeout(pause);
      await cells.page.mouse.down({ clickCount: time + 1 });
      await cells.page.mouse.up({ clickCount: time + 1 });
    }
  };
  /** The middle of a part of a card, or of a control. */
  const middle = async (locator: ReturnType<Cells['cell']>): Promise<{ x: number; y: number }> => {
    const box = (await locator.boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  for (const width of [1280, 400]) {
    it(`moves no image when bars, jobs and notices come and go, at ${width} pixels`, async () => {
      await open({ width, height: 900 });
      const tops: number[] = [];
      const look = async (): Promise<void> => {
        await cells.page.waitForTimeout(120);
        tops.push(await cells.top(imagePath(0)));
      };
      await look();
      await cells.cell(imagePath(0)).focus();
      await cells.page.keyboard.press('Space');
      await bar().waitFor();
      await look();
      host.jobs = [job('one'), job('two', { message: 'a very long message about what is being done '.repeat(5) })];
      host.push();
      await cells.page.getByText('Job two').waitFor();
      await look();
      host.item(imagePath(1)).save = { state: 'failed', reason: 'disk full' };
      host.item(imagePath(2)).save = { state: 'conflict', theirs: 'x' };
      for (let index = 3; index < 40; index++) host.item(imagePath(index)).save = { state: 'unsaved' };
      host.push();
      await cells.page.getByText('1 caption could not be saved').waitFor();
      await look();
      await cells.page.getByRole('combobox', { name: search }).fill('tag:sky -tag:moon');
      await cells.page.getByRole('button', { name: 'Remove filter: not tag: moon' }).waitFor();
      await look();
      host.search.shown = { stale: 3 };
      host.push();
      await cells.page.getByRole('button', { name: 'Refresh Results' }).waitFor();
      await look();
      host.jobs = [];
      host.push();
      await cells.page.getByText('Job two').waitFor({ state: 'detached' });
      await look();
      assert.deepEqual(
        tops,
        tops.map(() => tops[0]),
      );
    });
  }

  it('keeps the rows that are there in their places when another one comes', async () => {
    await open();
    await cells.click(imagePath(1));
    await bar().waitFor();
    host.jobs = [job('one')];
    host.push();
    const pause = cells.page.getByRole('button', { name: 'Pause Job one' });
    await pause.waitFor();
    const before = [await middle(bar()), await middle(pause)];
    host.jobs = [job('one'), job('two')];
    host.item(imagePath(5)).save = { state: 'failed', reason: 'disk full' };
    host.push();
    await cells.page.getByRole('button', { name: 'Retry Saving' }).waitFor();
    assert.deepEqual([await middle(bar()), await middle(pause)], before);
    const edges = await Promise.all(
      ['Retry Saving', 'Pause Job two', 'Pause Job one', 'Clear'].map(
        async (name) => (await middle(cells.page.getByRole('button', { name, exact: true }))).y,
      ),
    );
    assert.deepEqual(
      edges,
      [...edges].sort((a, b) => a - b),
      'the newest kind lies on top',
    );
  });

  it('opens an image large by a double click, wherever the bar of the selection comes', async () => {
    // The bar lies over the pictures of the second row.
    await open({ height: 560 });
    await cells.click(imagePath(0));
    await bar().waitFor();
    const { x, y } = await middle(bar().getByRole('button', { name: 'Paste Caption' }));
    await bar().getByRole('button', { name: 'Clear' }).click();
    await cells.selects([]);
    await cells.page.waitForTimeout(600);
    await cells.page.mouse.move(x, y);
    await press(2, 200);
    await cells.page.getByRole('dialog').waitFor();
    assert.deepEqual(host.said('pasteCaption'), []);
  });

  it('opens an image large by a double click near the top of the first row', async () => {
    await open();
    const box = (await cells.cell(imagePath(1)).locator('.picture').boundingBox())!;
    await cells.page.mouse.move(box.x + box.width / 2, box.y + 8);
    await press(2, 150);
    await cells.page.getByRole('dialog').waitFor();
    assert.deepEqual(host.said('pasteCaption'), []);
  });

  it('selects the card that a click with Ctrl was aimed at, 450 ms after another one was selected', async () => {
    host.latency = 300;
    await open();
    const first = await middle(cells.cell(imagePath(0)).locator('.picture'));
    const box = (await cells.cell(imagePath(2)).boundingBox())!;
    await cells.page.mouse.click(first.x, first.y);
    await cells.page.waitForTimeout(450);
    await cells.page.keyboard.down('Control');
    await cells.page.mouse.click(box.x + box.width / 2, box.y + 10);
    await cells.page.keyboard.up('Control');
    await cells.selects([imageName(0), imageName(2)]);
  });

  it('takes no press for a row that came less than half a second ago', async () => {
    await open();
    await cells.click(imagePath(0));
    await bar().waitFor();
    const target = await middle(bar().getByRole('button', { name: 'Paste Caption' }));
    await bar().getByRole('button', { name: 'Clear' }).click();
    await bar().waitFor({ state: 'hidden' });
    await cells.page.mouse.move(target.x, target.y);
    await cells.cell(imagePath(0)).focus();
    await cells.page.keyboard.press('Space');
    await bar().waitFor();
    await press(1, 0);
    await cells.page.waitForTimeout(700);
    assert.deepEqual(host.said('pasteCaption'), []);
    await press(1, 0);
    await cells.until('it is meant now', () => host.said('pasteCaption').length === 1);
  });

  it('gives the second press of a double click to nothing that has come in the place of the first', async () => {
    host.jobs = [job('one')];
    await open();
    await cells.page.waitForTimeout(600);
    const { x, y } = await middle(cells.page.getByRole('button', { name: 'Cancel Job one' }));
    await cells.page.mouse.move(x, y);
    await press(1, 0);
    host.jobs = [];
    host.push();
    await cells.page.getByText('Job one').waitFor({ state: 'detached' });
    await press(1, 0);
    await cells.page.waitForTimeout(300);
    assert.equal(host.said('controlJob').length, 1);
    assert.deepEqual(host.said('select'), [], 'the card beneath is not selected');
  });

  it('leaves room to scroll the last row clear, and moves nothing when that is not needed any more', async () => {
    await open();
    await cells.cell(imagePath(0)).focus();
    await cells.page.keyboard.press('Control+End');
    await cells.focused(imagePath(2999));
    await cells.page.keyboard.press('Space');
    await bar().waitFor();
    await cells.page.keyboard.press('ArrowLeft');
    await cells.focused(imagePath(2998));
    const bottom = async (): Promise<number> => {
      const box = (await cells.cell(imagePath(2998)).boundingBox())!;
      return box.y + box.height;
    };
    const top = (await bar().boundingBox())!.y;
    await cells.until('the card is clear of the bar', async () => (await bottom()) <= top);
    const before = await bottom();
    await cells.page.keyboard.press('Escape');
    await bar().waitFor({ state: 'hidden' });
    await cells.page.waitForTimeout(300);
    assert.equal(await bottom(), before);
  });

  it('scrolls a caption clear at the next key when something came over it', async () => {
    await open({ height: 800 });
    const columns = Number(await cells.page.getByRole('grid').getAttribute('aria-colcount'));
    const path = imagePath(2 * columns);
    await cells.page.mouse.move(300, 400);
    await cells.page.mouse.wheel(0, 215);
    await cells.caption(path).click();
    host.jobs = [job('one'), job('two'), job('three')];
    host.push();
    await cells.page.getByText('Job three').waitFor();
    const upper = (await cells.page.getByRole('region', { name: 'Jobs' }).boundingBox())!.y;
    await cells.page.keyboard.type('x');
    await cells.until('the whole card is above the jobs', async () => {
      const box = (await cells.cell(path).boundingBox())!;
      return box.y + box.height <= upper;
    });
  });

  it('removes one filter by a double click on its ×, not the next one as well', async () => {
    await open();
    const field = cells.page.getByRole('combobox', { name: search });
    await field.fill('tag:sky tag:tree tag:sun');
    await cells.page.getByRole('button', { name: 'Remove filter: tag: sun' }).waitFor();
    const { x, y } = await middle(cells.page.getByRole('button', { name: /^Remove filter/ }).first());
    await cells.page.mouse.move(x, y);
    await press(2, 150);
    await cells.page.waitForTimeout(300);
    assert.equal(await field.inputValue(), 'tag:tree tag:sun');
  });

  it('takes one suggestion of the search by a double click, not the first of the next list as well', async () => {
    await open();
    const field = cells.page.getByRole('combobox', { name: search });
    await field.fill('ta');
    const row = cells.page.getByRole('option').first();
    await row.waitFor();
    const { x, y } = await middle(row);
    await cells.page.mouse.move(x, y);
    await press(1, 0);
    await cells.until('the next list is there', async () => (await field.inputValue()) === 'tag:');
    await cells.page.getByRole('option', { name: /sky/ }).waitFor();
    await press(1, 0);
    await cells.page.waitForTimeout(200);
    assert.equal(await field.inputValue(), 'tag:');
  });

  it('selects another image at the same place after one screen was scrolled in less than a double click', async () => {
    await open();
    const { x, y } = await middle(cells.cell(imagePath(1)).locator('.picture'));
    await cells.page.mouse.move(x, y);
    await cells.page.keyboard.down('Control');
    await press(1, 0);
    await cells.page.mouse.wheel(0, 1200);
    await cells.page.waitForTimeout(60);
    await press(1, 0);
    await cells.page.keyboard.up('Control');
    await cells.until('both are selected', () => host.said('select').length === 2);
  });

  it('opens an image large by a double click on its place, when its card comes in between', async () => {
    await open();
    host.latency = 500;
    await cells.cell(imagePath(0)).focus();
    await cells.page.keyboard.press('Control+End');
    const last = cells.page.locator('image-card[data-index="2999"]');
    await last.waitFor();
    const { x, y } = await middle(last);
    await cells.page.mouse.move(x, y - 60);
    assert.equal(await last.getAttribute('data-press'), null, 'it has not come');
    await press(1, 0);
    await cells.cell(imagePath(2999)).waitFor();
    await press(1, 0);
    await cells.until('the second press counts', () => host.said('select').length > 0);
  });

  it('lets a press that was aimed at a row hit no card when the rows beneath it have gone', async () => {
    host.jobs = [job('one'), job('two')];
    await open();
    await cells.page.getByText('Job two').waitFor();
    await cells.click(imagePath(0));
    await cells.page.keyboard.press('Control+Shift+ArrowRight');
    await bar().waitFor();
    await cells.page.waitForTimeout(700);
    const { x, y } = await middle(bar().getByRole('button', { name: 'Edit…' }));
    await cells.page.mouse.move(x, y);
    const asked = host.said('select').length;
    host.jobs = [];
    host.push();
    await cells.page.getByText('Job two').waitFor({ state: 'detached' });
    await press(1, 0);
    await cells.page.locator('page-notice').getByText('What was here has moved or gone.').waitFor();
    assert.equal(host.said('select').length, asked);
    await cells.page.mouse.move(x, 200);
    await cells.click(imagePath(1));
    await cells.until('a card is reached again', () => host.said('select').length > asked);
  });
});
