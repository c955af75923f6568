import assert from 'node:assert/strict';
import { Cells, imagePath } from './Cells';
import { FakeHost } from './fakeHost';
import { useGridBrowser } from './useGridBrowser';

describe('a connection that goes, in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let cells: Cells;

  beforeEach(() => {
    host = new FakeHost(300);
  });

  const open = async (): Promise<void> => {
    cells = new Cells(await browser.open(host));
    await cells.cell(imagePath(0)).getByRole('textbox').waitFor();
  };
  const type = async (index: number, text: string): Promise<void> => {
    await cells.caption(imagePath(index)).click();
    await cells.page.keyboard.press('Control+End');
    await cells.page.keyboard.type(text);
  };
  const shown = (text: string) => cells.page.locator('.connection').getByText(text, { exact: true });

  it('says how many captions are not saved, announces it once, and takes it away by itself', async () => {
    await open();
    host.goSilent();
    await type(0, ', one');
    await type(1, ', two');
    await shown('Not connected; 2 captions not saved').waitFor({ timeout: 8000 });
    const live = cells.page.locator('[aria-live=polite]', { hasText: 'Not connected; 2 captions not saved' });
    assert.equal(await live.count(), 1);
    await type(2, ', three');
    await shown('Not connected; 3 captions not saved').waitFor();
    assert.equal(await live.count(), 1, 'what is announced stays as it is');
    await cells.page.locator('.summary').getByText('3 unsaved', { exact: true }).waitFor();
    assert.equal(await cells.caption(imagePath(2)).inputValue(), 'tag 2, sky, tree, three', 'editing goes on');
    host.speakAgain();
    await cells.page.locator('.connection').waitFor({ state: 'hidden' });
    await cells.page.locator('.summary').getByText('all saved', { exact: true }).waitFor();
    await cells.until('all has arrived', () => host.item(imagePath(2)).text.endsWith(', three'));
    assert.equal(host.item(imagePath(0)).text, 'tag 0, sky, tree, one');
    assert.equal(host.item(imagePath(1)).text, 'tag 1, sky, tree, two');
  });

  it('does not blame the connection for a host that is busy for three seconds', async () => {
    await open();
    host.goSilent();
    const end = Date.now() + 3000;
    await type(0, ', one');
    let wasShown = false;
    // By the clock: where the machine is busy, a look takes longer than its pause.
    while (Date.now() < end) {
      await cells.page.waitForTimeout(100);
      wasShown ||= await cells.page.locator('.connection').isVisible();
    }
    host.speakAgain();
    await cells.page.waitForTimeout(1500);
    wasShown ||= await cells.page.locator('.connection').isVisible();
    assert.equal(wasShown, false);
  });

  it('asks an idle host seldom, and a busy one not at all', async () => {
    await open();
    await cells.page.waitForTimeout(7000);
    const { length } = host.said('ping');
    assert.ok(length >= 1 && length <= 2, `${length} in 7 s`);
  });

  it('gives the next page what the host had not taken in, and forgets it then', async () => {
    await open();
    host.goSilent();
    await type(0, ', lost');
    await type(4, ', too');
    await cells.page.waitForTimeout(400);
    host.loseWhatWasSaid();
    await cells.page.reload();
    await cells.cell(imagePath(0)).getByRole('textbox').waitFor();
    assert.equal(host.item(imagePath(0)).text, 'tag 0, sky, tree, lost');
    assert.equal(host.item(imagePath(4)).text, 'tag 4, sky, tree, too');
    assert.equal(await cells.caption(imagePath(0)).inputValue(), 'tag 0, sky, tree, lost');
    await cells.page.waitForTimeout(400);
    await cells.page.reload();
    await cells.cell(imagePath(0)).getByRole('textbox').waitFor();
    assert.equal(host.said('resumeDrafts').length, 1);
  });

  it('gives the next page what was typed into a caption that had not come, and shows what no image is known for', async () => {
    await open();
    host.goSilent();
    await cells.cell(imagePath(0)).focus();
    const type = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await cells.page.keyboard.press(key);
    };
    await type('Control+End', 'F2', 'x', 'y', 'Escape', 'ArrowLeft', 'F2', 'z');
    await shown('Not connected; 2 captions not saved').waitFor({ timeout: 8000 });
    await cells.page.locator('.summary').getByText('2 unsaved', { exact: true }).waitFor();
    host.loseWhatWasSaid();
    host.items = host.items.filter(({ path }) => path !== imagePath(298));
    await cells.page.reload();
    const left = cells.page.getByRole('alert').getByText('z', { exact: true });
    await left.waitFor();
    assert.equal(host.item(imagePath(299)).text, 'tag 299, sky, treexy');
    await cells.page.reload();
    await left.waitFor();
    assert.equal(host.item(imagePath(299)).text, 'tag 299, sky, treexy', 'once');
    assert.equal(host.said('resumeDrafts').length, 2);
  });

  it('overwrites nothing that changed meanwhile, and shows what has no caption any more', async () => {
    await open();
    host.goSilent();
    await type(0, ', mine');
    await type(1, ', gone');
    await cells.page.waitForTimeout(400);
    host.loseWhatWasSaid();
    host.item(imagePath(0)).text = 'theirs';
    host.items = host.items.filter(({ path }) => path !== imagePath(1));
    await cells.page.reload();
    await cells.page.getByRole('note', { name: 'On disk' }).getByText('theirs', { exact: true }).waitFor();
    assert.equal(await cells.caption(imagePath(0)).inputValue(), 'tag 0, sky, tree, mine');
    const left = cells.page.getByRole('alert').filter({ hasText: imagePath(1) });
    await left.getByText('tag 1, sky, tree, gone').waitFor();
    await cells.page.waitForTimeout(600);
    await left.getByRole('button', { name: 'Dismiss' }).click();
    await left.waitFor({ state: 'detached' });
    await cells.page.waitForTimeout(400);
    await cells.page.reload();
    await cells.cell(imagePath(0)).getByRole('textbox').waitFor();
    assert.equal(await left.count(), 0);
  });

  it('shows a long text that could not be put back without covering the page', async () => {
    await open();
    host.goSilent();
    await cells.caption(imagePath(0)).click();
    await cells.page.keyboard.insertText('many words that go on and on, '.repeat(300));
    await cells.page.waitForTimeout(400);
    host.loseWhatWasSaid();
    host.items = host.items.slice(1);
    await cells.page.reload();
    const left = cells.page.getByRole('alert');
    await left.getByText('many words').waitFor();
    assert.ok((await left.boundingBox())!.height < 300);
  });

  it('shows each text that could not be put back, also after a double click on Dismiss', async () => {
    await open();
    host.goSilent();
    await type(0, ', first');
    await type(1, ', second');
    await cells.page.waitForTimeout(400);
    host.loseWhatWasSaid();
    host.items = host.items.slice(2);
    await cells.page.reload();
    const left = cells.page.getByRole('alert');
    await left.getByText('tag 0, sky, tree, first').waitFor();
    await cells.page.waitForTimeout(600);
    const box = (await left.getByRole('button', { name: 'Dismiss' }).boundingBox())!;
    const place = [box.x + box.width / 2, box.y + box.height / 2] as const;
    await cells.page.mouse.click(...place);
    await cells.page.waitForTimeout(150);
    await cells.page.mouse.click(...place);
    await cells.page.waitForTimeout(200);
    await left.getByText('tag 1, sky, tree, second').waitFor();
  });
});
