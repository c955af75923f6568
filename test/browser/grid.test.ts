import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { FakeHost, FakeImageError } from './fakeHost';
import type { GridBrowser } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const first = '00_set/image_00000.png';
const second = '00_set/image_00001.png';

/** What the tests use of elements: they run where there is no DOM. */
interface Focusable {
  getRootNode(): { activeElement: unknown };
}
interface Styles {
  getComputedStyle(element: unknown): { opacity: string };
}
interface TextArea {
  selectionStart: number;
  setSelectionRange(start: number, end: number): void;
}

describe('the grid in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(10_000);
  });

  const open = async (...options: [Parameters<GridBrowser['open']>[1]?]): Promise<void> => {
    page = await browser.open(host, ...options);
  };
  const cell = (path: string): Locator => page.getByRole('group', { name: path });
  const caption = (path: string): Locator => page.getByRole('textbox', { name: `Caption of ${path}` });
  const saveState = (path: string): Locator => cell(path).getByRole('status');
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const shows = (locator: Locator, text: string): Promise<void> =>
    until(`it says "${text}"`, async () => (await locator.textContent()) === text);
  const holds = (path: string, text: string): Promise<void> =>
    until(`${path} holds "${text}"`, async () => (await caption(path).inputValue()) === text);
  const isFocused = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element: unknown) => (element as Focusable).getRootNode().activeElement === element);

  it('is a grid of rows of named cells', async () => {
    await open();
    const grid = page.getByRole('grid', { name: 'Images' });
    const row = grid.getByRole('row').first();
    const first_ = row.getByRole('group', { name: first });
    await first_.getByRole('textbox', { name: `Caption of ${first}` }).waitFor();
    await first_.getByRole('img', { name: 'image_00000.png' }).waitFor();
    await first_.getByRole('button', { name: `Caption ${first}` }).waitFor();
    assert.equal(await first_.getByRole('status').count(), 1);
    assert.equal(await row.getAttribute('aria-rowindex'), '1');
    assert.equal(await row.getByRole('gridcell').first().getAttribute('aria-colindex'), '1');
    const columns = Number(await grid.getAttribute('aria-colcount'));
    assert.equal(await row.getByRole('gridcell').count(), columns);
    assert.equal(Number(await grid.getAttribute('aria-rowcount')), Math.ceil(10_000 / columns));
    await page.getByText('10,000 images').waitFor();
  });

  it('sends every key as a draft, commits after a pause and says when it is saved', async () => {
    // Longer than a busy machine pauses between two keys.
    host.settings = { ...host.settings, commitDelay: 2000 };
    await open();
    await caption(first).fill('');
    await caption(first).pressSequentially('cat');
    await until('all was sent', () => host.item(first).text === 'cat');
    const drafts = host.said('draft') as { draft: number }[];
    assert.ok(drafts.every(({ draft }, index) => index === 0 || draft > drafts[index - 1]!.draft));
    await shows(saveState(first), 'Saved');
    assert.equal(host.said('commit').length, 1);
    await caption(first).pressSequentially('s');
    await shows(saveState(first), 'Unsaved');
    await caption(second).focus();
    await until('leaving commits', () => host.said('commit').length === 2);
  });

  it('keeps what is being typed when an older text comes from the host', async () => {
    await open();
    host.takesDrafts = false;
    await caption(first).fill('typed');
    await until('the draft is there', () => host.said('draft').length > 0);
    host.item(first).text = 'from elsewhere';
    host.push();
    await page.waitForTimeout(200);
    assert.equal(await caption(first).inputValue(), 'typed');
    host.takeDrafts();
    await page.waitForTimeout(100);
    host.item(first).text = 'undone by the document';
    host.push();
    await holds(first, 'undone by the document');
  });

  it('keeps all that is typed right after the key that selects the text', async () => {
    await open();
    await caption(first).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('new ');
    // VS Code's own answer to the key comes now.
    await page.waitForTimeout(200);
    await page.keyboard.type('text');
    assert.equal(await caption(first).inputValue(), 'new text');
  });

  it('keeps the caret at its letters when the host changes the text', async () => {
    await open();
    await caption(first).focus();
    await caption(first).evaluate((area: unknown) => {
      (area as TextArea).setSelectionRange(5, 5);
    });
    host.item(first).text += ', more';
    host.push();
    await holds(first, 'tag 0, sky, tree, more');
    assert.equal(await caption(first).evaluate((area: unknown) => (area as TextArea).selectionStart), 5);
    assert.ok(await isFocused(caption(first)));
  });

  it('keeps a draft that the host has not taken when its card scrolls away and comes back', async () => {
    await open();
    host.takesDrafts = false;
    await caption(first).fill('not taken yet');
    await cell(second).focus();
    await page.keyboard.press('Control+End');
    await cell('09_set/image_09999.png').waitFor();
    await page.keyboard.press('Control+Home');
    await holds(first, 'not taken yet');
  });

  it('undoes typing inside the caption and leaves the rest to the document', async () => {
    await open();
    await page.evaluate(
      `window.through = 0; window.addEventListener('keydown', (e) => { if (e.ctrlKey && e.key === 'z') window.through++; })`,
    );
    await caption(first).focus();
    await page.keyboard.press('End');
    await page.keyboard.type(', one');
    await until('the pause committed', () => host.said('commit').length === 1);
    // Slow enough for updates of the host to come between the keys: they must not cut the run of typing.
    await page.keyboard.type(', two', { delay: 60 });
    const press = async (key: string, text: string): Promise<void> => {
      await page.keyboard.press(key);
      await holds(first, text);
    };
    await press('Control+z', 'tag 0, sky, tree, one');
    await press('Control+y', 'tag 0, sky, tree, one, two');
    await press('Control+z', 'tag 0, sky, tree, one');
    assert.equal(await page.evaluate('window.through'), 0);
    await page.keyboard.press('Control+z');
    await until('the document undoes what was committed', () => host.said('undo').length === 1);
    assert.equal(await page.evaluate('window.through'), 0, 'VS Code must not undo it once more');
  });

  it('brings back typing that was taken back, also when nothing was left to commit meanwhile', async () => {
    await open();
    await caption(first).focus();
    await page.keyboard.press('End');
    await page.keyboard.type(', B');
    await page.keyboard.press('Control+z');
    await holds(first, 'tag 0, sky, tree');
    await until('the pause is over', () => host.said('commit').length === 1);
    await page.keyboard.press('Control+y');
    await holds(first, 'tag 0, sky, tree, B');
  });

  it('holds few cards however many images there are, and End reaches the last', async () => {
    await open();
    await cell(first).focus();
    await page.keyboard.press('Control+End');
    const last = cell('09_set/image_09999.png');
    await last.waitFor();
    await until('it has the focus', () => isFocused(last));
    assert.ok((await last.boundingBox())!.y < 800);
    assert.ok((await page.locator('image-card').count()) < 300);
  });

  it('scrolls a list that is taller than a scroll bar can be', async () => {
    host = new FakeHost(40_000);
    await open({ width: 320, height: 640 });
    await cell(first).focus();
    await page.keyboard.press('Control+End');
    const last = cell('39_set/image_39999.png');
    await until('the last image has the focus', () => isFocused(last));
    await page.waitForTimeout(300);
    const before = (await last.boundingBox())!.y;
    await page.mouse.move(150, 600);
    await page.mouse.wheel(0, -200);
    await until('it moved by as much as the wheel', async () => {
      const box = await last.boundingBox();
      return box !== null && Math.abs(box.y - before - 200) < 3;
    });
    await page.waitForTimeout(400);
    assert.ok(Math.abs((await last.boundingBox())!.y - before - 200) < 3, 'and stays there at rest');
  });

  it('asks for at most twelve images at once', async () => {
    let open_ = 0;
    let most = 0;
    host.thumbnail = async (path, signal) => {
      most = Math.max(most, ++open_);
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
        signal.addEventListener('abort', resolve);
      });
      open_--;
      return `/thumbnail/${path.replaceAll('/', '_')}`;
    };
    browser.imageDelay = 15;
    browser.mostImagesOpen = 0;
    await open();
    for (let turn = 0; turn < 12; turn++) {
      await page.mouse.move(600, 500);
      await page.mouse.wheel(0, 700);
      await page.waitForTimeout(40);
    }
    await until('everything in view is loaded', () => open_ === 0 && browser.imagesOpen === 0);
    assert.ok(most <= 12 && browser.mostImagesOpen <= 12, `${most} and ${browser.mostImagesOpen}`);
    assert.ok(most >= 8, 'and not one by one');
  });

  it('tries a failed image again, and offers to when it gives up', async () => {
    host.thumbnail = (path) => {
      if (path === second) throw new FakeImageError('Truncated JPEG at 33 %');
      return path === first ? '/thumbnail/0_flaky.png' : '/thumbnail/1.png';
    };
    browser.failing.set('/thumbnail/0_flaky.png', 2);
    browser.imageRequests.delete('/thumbnail/0_flaky.png');
    await open();
    await cell(second).getByText('Truncated JPEG at 33 %').waitFor();
    await cell(first).getByRole('img', { name: 'image_00000.png' }).waitFor();
    assert.equal(browser.imageRequests.get('/thumbnail/0_flaky.png'), 3);
    host.thumbnail = () => '/thumbnail/2.png';
    await page.getByRole('button', { name: `Retry ${second}` }).click();
    await cell(second).getByRole('img', { name: 'image_00001.png' }).waitFor();
  });

  it('shows both texts of a conflict and settles it as the user says', async () => {
    host.item(first).save = { state: 'conflict', theirs: 'their text' };
    await open();
    await cell(first).getByText('their text').waitFor();
    await shows(saveState(first), 'Conflict');
    await page.getByText('1 conflict').waitFor();
    await cell(first).getByRole('button', { name: 'Keep both tags' }).waitFor();
    await cell(first).getByRole('button', { name: 'Keep mine' }).waitFor();
    await cell(first).getByRole('button', { name: 'Take theirs' }).click();
    await holds(first, 'their text');
    await until('the keyboard goes on from the cell', () => isFocused(cell(first)));
    assert.deepEqual(host.said('resolveConflict'), [{ path: first, choice: 'theirs' }]);
  });

  it('lets a caption that is not UTF-8 be read, and edited after it was agreed to', async () => {
    host.item(first).foreignEncoding = 'windows-1252';
    host.item(second).save = { state: 'failed', reason: 'The disk is full.' };
    await open();
    await cell(first).getByText('Not UTF-8 (windows-1252)').waitFor();
    assert.equal(await caption(first).isEditable(), false);
    await cell(first).getByRole('button', { name: 'Convert to UTF-8' }).click();
    await until('it can be edited', () => caption(first).isEditable());
    await shows(saveState(second), 'Not saved: The disk is full.');
    await page.getByRole('button', { name: 'Retry Saving' }).click();
    await until('it is tried again', () => host.said('save').length === 1);
  });

  it('says of a damaged caption what is shown, and offers no conversion where no encoding is known', async () => {
    Object.assign(host.item(first), { foreignEncoding: 'utf-8', text: '1girl, caf\ufffd' });
    Object.assign(host.item(second), { foreignEncoding: 'unknown', text: '1girl, \ufffd\ufffd' });
    await open();
    await cell(first).getByText('Damaged UTF-8: \ufffd stands for what cannot be read.').waitFor();
    await cell(second).getByText('the encoding is not clear').waitFor();
    assert.equal(
      await cell(second)
        .getByRole('button', { name: /Convert|Write/ })
        .count(),
      0,
    );
    assert.equal(await caption(second).isEditable(), false);
    await cell(first).getByRole('button', { name: 'Write as shown' }).click();
    await until('it can be edited', () => caption(first).isEditable());
  });

  it('shows a name that turns the direction of text as what it is', async () => {
    const name = '00_set/evil\u202egpj.png';
    host.item(first).path = name;
    await open();
    const shown = cell(name).locator('.name');
    await shown.waitFor();
    assert.equal((await shown.textContent())?.trim(), String.raw`00_set/evil\u202egpj.png`);
  });

  it('can be used with the keyboard alone', async () => {
    await open();
    await cell(first).focus();
    await page.keyboard.press('ArrowRight');
    await until('the arrow moved', () => isFocused(cell(second)));
    await page.keyboard.press('F2');
    await until('F2 dives in', () => isFocused(caption(second)));
    await page.keyboard.press('End');
    await page.keyboard.type('!');
    await page.keyboard.press('ArrowLeft');
    assert.ok(await isFocused(caption(second)), 'arrows stay in the text');
    await page.keyboard.press('Control+Enter');
    await until('the next caption has the focus', () => isFocused(caption('00_set/image_00002.png')));
    assert.deepEqual(host.said('commit'), [{ path: second }]);
    assert.deepEqual(host.said('focus').slice(0, 2), [{ path: first }, { path: second }]);
    await page.keyboard.press('Escape');
    await until('Escape comes back', () => isFocused(cell('00_set/image_00002.png')));
    await page.keyboard.press('Home');
    await until('Home goes to the row start', () => isFocused(cell(first)));
    await page.keyboard.press('Tab');
    await until('Tab leads to the button', () => isFocused(page.getByRole('button', { name: `Caption ${first}` })));
    await page.keyboard.press('Enter');
    await until('it captions', () => host.said('captionImage').length === 1);
    await page.keyboard.press('Tab');
    await until('and to the caption', () => isFocused(caption(first)));
  });

  it('keeps focus and caret when images come before the one being edited', async () => {
    await open();
    await caption(second).focus();
    await page.keyboard.press('End');
    await page.keyboard.type('x');
    for (let number = 0; number < 4; number++) {
      host.items.unshift({ ...host.items[0]!, path: `00_set/a_new_${number}.png` });
    }
    host.push();
    await cell('00_set/a_new_0.png').waitFor();
    await until('the focus is back', () => isFocused(caption(second)));
    await page.keyboard.type('y');
    await until('typing goes on', () => host.item(second).text.endsWith('xy'));
  });

  it('searches, counts, and says so when nothing matches', async () => {
    await open();
    host.focusSearch();
    const search = page.getByRole('combobox', { name: 'Search captions and file names' });
    await page.waitForTimeout(100);
    await page.keyboard.type('image_0012');
    await page.getByText('10 of 10,000 images', { exact: true }).waitFor();
    await search.fill('zebra'.repeat(2000));
    const clear = page.getByRole('button', { name: 'Clear Search', exact: true });
    await clear.waitFor();
    const height = await page
      .locator('.page')
      .evaluate((element: unknown) => (element as { scrollHeight: number }).scrollHeight);
    assert.ok(height < 800, 'what is pasted fits into the page');
    await clear.click();
    await cell(first).waitFor();
    assert.equal(await search.inputValue(), '');
    await search.fill('image_0012');
    await page.getByText('10 of 10,000 images', { exact: true }).waitFor();
    await search.press('Escape');
    await cell(first).waitFor();
  });

  it('shows jobs with their progress and failures, and cancels them', async () => {
    host.jobs = [
      {
        id: 'j',
        label: 'Caption Empty',
        state: 'running',
        handled: 50,
        total: 200,
        failed: 1,
        untagged: 0,
        kept: 0,
        flagged: 0,
        moreFailures: 0,
        message: '12 images/s',
        execution: [
          { runsOn: 'wd-convnext-tagger-v3 runs on CPU', notUsed: ['CUDA is not used: there is no NVIDIA GPU.'] },
        ],
        failures: [{ path: 'bad.png', reason: 'Truncated' }],
      },
    ];
    await open();
    const jobs = page.getByRole('region', { name: 'Jobs' });
    const bar = jobs.getByRole('progressbar', { name: 'Caption Empty' });
    assert.equal(await bar.getAttribute('aria-valuenow'), '50');
    assert.equal(await bar.getAttribute('aria-valuemax'), '200');
    await jobs.getByText('50 / 200 (25 %)').waitFor();
    await jobs.getByRole('button', { name: '1 failed' }).click();
    await jobs.getByText('bad.png: Truncated').waitFor();
    await jobs.getByRole('button', { name: 'Cancel Caption Empty' }).click();
    await until('it is cancelled', () => host.said('controlJob').length === 1);
  });

  it('runs the commands of the toolbar', async () => {
    await open();
    await page.getByRole('button', { name: /^Caption Empty \(\d,\d+\)$/ }).click();
    await page.getByRole('button', { name: 'Caption All…' }).click();
    await page.getByRole('button', { name: 'Tagger: Palette' }).click();
    await until('all arrived', () =>
      ['captionEmpty', 'captionAll', 'selectTagger'].every((name) => host.said(name).length === 1),
    );
  });

  it('says how much is left out of the dataset, and shows what', async () => {
    host.leftOut = 1234;
    await open();
    await page.getByRole('button', { name: '1,234 left out' }).click();
    await until('it is asked for', () => host.said('showLeftOut').length === 1);
    host.leftOut = 0;
    host.push();
    await page.getByRole('button', { name: 'left out' }).waitFor({ state: 'detached' });
  });

  it('keeps the way to what is left out where the line is too long for the page', async () => {
    host.leftOut = 5;
    await open({ width: 260, height: 700 });
    const link = page.getByRole('button', { name: '5 left out' });
    await link.waitFor();
    const box = await link.boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 260, JSON.stringify(box));
    await link.click({ timeout: 5000 });
    await until('it is asked for', () => host.said('showLeftOut').length === 1);
  });

  it('shows no card as empty whose caption cannot be read', async () => {
    const [unreadable, empty] = host.items;
    Object.assign(unreadable ?? {}, { text: '', readOnly: true, warnings: ['The caption file cannot be read.'] });
    Object.assign(empty ?? {}, { text: '' });
    await open();
    const opacity = (path: string): Promise<string> =>
      cell(path)
        .getByRole('button', { name: `Caption ${path}` })
        .evaluate((button: unknown) => (globalThis as unknown as Styles).getComputedStyle(button).opacity);
    await until('the empty card has its button', async () => (await opacity(second)) === '1');
    assert.equal(await opacity(first), '0');
    assert.deepEqual(
      [await cell(first).getByText('0 tags').isVisible(), await cell(second).getByText('0 tags').isVisible()],
      [false, true],
    );
    await cell(first).hover();
    await until('a hovered one has it, too', async () => (await opacity(first)) === '1');
  });

  it('comes back with its card size, search and position', async () => {
    await open();
    await page.getByRole('radio', { name: 'Large' }).check();
    await page.getByRole('radio', { name: 'List' }).check();
    await cell(first).focus();
    await page.keyboard.press('Control+End');
    await cell('09_set/image_09999.png').waitFor();
    await page.waitForTimeout(400);
    await page.reload();
    await cell('09_set/image_09999.png').waitFor();
    assert.ok(await page.getByRole('radio', { name: 'Large' }).isChecked());
    assert.ok(await page.getByRole('radio', { name: 'List' }).isChecked());
    assert.equal(await page.getByRole('grid').getAttribute('aria-colcount'), '1');
  });

  it('fits into 320 pixels without scrolling sideways', async () => {
    host.item(first).save = { state: 'conflict', theirs: 'theirs' };
    await open({ width: 320, height: 640 });
    await cell(first).waitFor();
    const wide = await page.evaluate(
      `[document.documentElement, document.querySelector('dataset-editor'), document.querySelector('dataset-editor').shadowRoot.querySelector('image-grid')].map((e) => e.scrollWidth - e.clientWidth)`,
    );
    assert.deepEqual(wide, [0, 0, 0]);
    assert.equal(await page.getByRole('grid').getAttribute('aria-colcount'), '1');
  });

  it('explains itself when there is nothing to show', async () => {
    host.items = [];
    host.folder = { state: 'scanning', message: '120 files so far' };
    await open();
    await page.getByText('120 files so far').waitFor();
    host.folder = { state: 'missing', message: '' };
    host.push();
    await page.getByText('This folder is gone').waitFor();
    await page.getByText('/data/lora').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await until('it looks again', () => host.said('refresh').length === 1);
    host.folder = { state: 'ready', message: '' };
    host.push();
    await page.getByText('No images in this folder').waitFor();
  });
});
