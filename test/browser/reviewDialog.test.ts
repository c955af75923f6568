import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import { FakeReview } from './FakeReview';
import type { GridBrowser } from './GridPage';
import { judgePage, loadAxe } from './judgePage';
import { useGridBrowser } from './useGridBrowser';

const themes = ['light', 'dark', 'high-contrast'] as const;
const refused = 'The model refused to describe the picture.';
const loops = 'The answer repeats itself.';

describe('The review of flagged answers in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;
  let review: FakeReview;

  beforeEach(() => {
    host = new FakeHost(40);
    // The first three are without a caption.
    for (const item of host.items.slice(0, 3)) item.text = '';
    review = new FakeReview(host, [
      { image: path(0), reason: refused, text: "I'm sorry, but I can't help with that." },
      { image: path(1), reason: loops, text: 'A cat sits. '.repeat(400) },
      { image: path(2), reason: refused, text: '<img src=x onerror="alert(1)"> I cannot.\u202e' },
    ]);
  });

  const path = (index: number): string => host.items[index]?.path ?? '';
  const open = async (options?: Parameters<GridBrowser['open']>[1]): Promise<void> => {
    page = await browser.open(host, options);
    await page.getByRole('gridcell').first().waitFor();
  };
  const show = async (): Promise<void> => {
    host.review.open(review);
    await dialog().getByRole('region', { name: 'What the model said' }).waitFor();
    await until('the list has the focus', () => isFocused(list()));
  };
  const dialog = (): Locator => page.getByRole('dialog', { name: /^Flagged Answers of/ });
  const list = (): Locator => dialog().getByRole('listbox', { name: 'Answers' });
  const row = (index: number): Locator => list().getByRole('option').nth(index);
  const said = (): Locator => dialog().getByRole('region', { name: 'What the model said' });
  const field = (): Locator => dialog().getByRole('textbox', { name: 'The text to take' });
  const status = (): Locator => dialog().getByRole('status');
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const isFocused = (element: Locator): Promise<boolean> =>
    element.evaluate((node) => (node as unknown as { matches(selector: string): boolean }).matches(':focus'));
  const isChosen = async (index: number): Promise<boolean> =>
    (await row(index).getAttribute('aria-selected')) === 'true';

  it('shows one answer with its picture, reason, text and caption, and how many are left', async () => {
    await open();
    await show();
    assert.match((await said().textContent()) ?? '', /I'm sorry, but I can't help with that\./);
    await dialog().getByText('3 of 3 answers left').waitFor();
    await dialog().locator('.reason').getByText(refused).waitFor();
    await dialog()
      .getByRole('img', { name: path(0) })
      .waitFor();
    await dialog().getByRole('region', { name: 'The caption as it stands' }).getByText('No caption').waitFor();
    await row(1).getByText(loops).first().waitFor();
  });

  it('shows what a model said as text, with marks that would turn it written out', async () => {
    await open();
    await show();
    await page.keyboard.press('End');
    await until('the last answer', async () => ((await said().textContent()) ?? '').includes('onerror'));
    assert.equal(await said().locator('img').count(), 0);
    assert.match((await said().textContent()) ?? '', /\\u202e/);
  });

  it('goes by single keys from the list: take, next, discard; what is decided stays in its place with its mark', async () => {
    await open();
    await show();
    await page.keyboard.press('t');
    await until('the second answer', () => isChosen(1));
    assert.deepEqual(review.taken.get(path(0)), {
      text: "I'm sorry, but I can't help with that.",
      byHand: false,
      added: false,
    });
    await dialog().getByText('2 of 3 answers left').waitFor();
    await row(0).getByText('taken').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await until('the third answer', () => isChosen(2));
    await until('its text', async () => ((await said().textContent()) ?? '').includes('I cannot'));
    await page.keyboard.press('d');
    await until('the one that is left', () => isChosen(1));
    await dialog().getByText('1 of 3 answers left').waitFor();
    assert.equal(host.item(path(2)).text, '');
    await until('its text', async () => ((await said().textContent()) ?? '').includes('A cat sits.'));
    await page.keyboard.press('d');
    await status().getByText('0 answers left').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
  });

  it('is edited and taken by the keyboard: as the person’s', async () => {
    await open();
    await show();
    await page.keyboard.press('e');
    await until('the field has the focus', () => isFocused(field()));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('A blue dog.');
    // A letter is a letter here.
    assert.equal(await field().inputValue(), 'A blue dog.');
    await page.keyboard.press('Control+Enter');
    await until('the second answer', () => isChosen(1));
    assert.deepEqual(review.taken.get(path(0)), { text: 'A blue dog.', byHand: true, added: false });
    await until('the list has the focus', () => isFocused(list()));
  });

  it('keeps what was typed while others are looked at, and gives the model’s words back', async () => {
    await open();
    await show();
    await page.keyboard.press('e');
    await until('the field has the focus', () => isFocused(field()));
    await page.keyboard.press('End');
    await page.keyboard.type(' More');
    await page.keyboard.press('Escape');
    await until('the list has the focus', () => isFocused(list()));
    await page.keyboard.press('ArrowDown');
    await until('the second answer', () => isChosen(1));
    await page.keyboard.press('ArrowUp');
    await until('what was typed', async () => (await field().inputValue()).endsWith(' More'));
    await dialog().getByRole('button', { name: 'As the Model Said It' }).click();
    assert.equal(await field().inputValue(), "I'm sorry, but I can't help with that.");
  });

  it('asks again with another captioner and temperature; what it says is taken next', async () => {
    const asked: unknown[] = [];
    review.answerAgain = (captioner, temperature) => {
      asked.push([captioner, temperature]);
      return Promise.resolve('A red square.');
    };
    await open();
    await show();
    const temperature = dialog().getByRole('spinbutton', { name: 'Temperature' });
    assert.equal(await temperature.inputValue(), '0.7');
    await dialog().getByRole('combobox', { name: 'Captioner' }).selectOption('JoyCaption');
    assert.equal(await temperature.inputValue(), '');
    await temperature.fill('0.2');
    await dialog().getByRole('button', { name: 'Try Again' }).click();
    await dialog().getByRole('region', { name: 'What JoyCaption said' }).getByText('A red square.').waitFor();
    assert.deepEqual(asked, [['JoyCaption', 0.2]]);
    assert.equal(host.item(path(0)).text, '', 'nothing is written yet');
    await dialog().getByRole('button', { name: 'Take' }).click();
    await until('it is written', () => host.item(path(0)).text === 'A red square.');
  });

  it('can be stopped while it asks, and says so while it does', async () => {
    review.answerAgain = (_captioner, _temperature, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('given up'));
        });
      });
    await open();
    await show();
    await page.keyboard.press('r');
    await status().getByText('Asking Qwen…').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByRole('button', { name: 'Try Again' }).waitFor();
    assert.equal(await status().textContent(), '');
  });

  it('says where a caption was written meanwhile, and adds to it', async () => {
    host.item(path(0)).text = 'mine';
    review.problems.set(path(0), { text: 'Somebody wrote a caption meanwhile: it is not overwritten.', mayAdd: true });
    await open();
    await show();
    await dialog().getByText('Somebody wrote a caption meanwhile: it is not overwritten.').waitFor();
    await dialog()
      .getByRole('region', { name: 'The caption when the text is taken' })
      .getByText(/^\s*mine\. I'm sorry/)
      .waitFor();
    await dialog().getByRole('button', { name: 'Add to Caption' }).click();
    await until('it is added', () => review.taken.get(path(0))?.added === true);
  });

  it('shows a caption that changed under it, and writes nothing', async () => {
    await open();
    await show();
    host.item(path(0)).text = 'typed in another window';
    await page.keyboard.press('t');
    await status().getByText('The caption was changed meanwhile.').waitFor();
    await dialog()
      .getByRole('region', { name: 'The caption as it stands' })
      .getByText('typed in another window')
      .waitFor();
    assert.equal(review.taken.size, 0);
  });

  it('comes back where it was when another editor lay over the page, and not after it was closed', async () => {
    await open();
    await show();
    await page.keyboard.press('ArrowDown');
    await until('the second answer', async () => ((await said().textContent()) ?? '').includes('A cat sits.'));
    host.review.pageGone();
    await page.reload();
    await until('the second answer again', () => isChosen(1));
    await until('the list has the focus', () => isFocused(list()));
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    host.review.pageGone();
    await page.reload();
    await page.getByRole('gridcell').first().waitFor();
    await page.waitForTimeout(300);
    assert.equal(await dialog().isVisible(), false);
  });

  it('keeps the focus inside, and gives it back to the card when it is closed', async () => {
    await open();
    const card = page.getByRole('group').first();
    await card.focus();
    await show();
    for (let presses = 0; presses < 25; presses++) {
      await page.keyboard.press('Tab');
      assert.ok(
        await page.evaluate<boolean>(
          `document.querySelector('dataset-editor').shadowRoot.activeElement?.localName === 'review-dialog'`,
        ),
      );
    }
    await dialog().getByRole('button', { name: 'Close' }).click();
    await dialog().waitFor({ state: 'hidden' });
    await until('the card has the focus', () => isFocused(card));
  });

  it('of 20,000 answers has few rows in the page', async () => {
    host = new FakeHost(20_000);
    const answers = host.items.map(({ path: image }) => ({ image, reason: refused, text: 'No.' }));
    review = new FakeReview(host, answers);
    await open();
    await show();
    assert.ok((await list().getByRole('option').count()) < 100);
    await page.keyboard.press('End');
    await dialog()
      .getByRole('img', { name: path(19_999) })
      .waitFor();
  });

  it('takes decisions back with Ctrl+Z, one after the other, and gives back what was typed', async () => {
    await open();
    await show();
    await page.keyboard.press('t');
    await until('the second answer', () => isChosen(1));
    await page.keyboard.press('e');
    await until('the field has the focus', () => isFocused(field()));
    await page.keyboard.press('Control+a');
    await page.keyboard.type('In my own words.');
    // In a field it is the field's.
    await page.keyboard.press('Control+z');
    assert.equal(review.taken.size, 1);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('In my own words.');
    await page.keyboard.press('Control+Enter');
    await until('the third answer', () => isChosen(2));
    await page.keyboard.press('d');
    await dialog().getByText('0 of 3 answers left').waitFor();
    await page.keyboard.press('Control+z');
    await dialog().getByText('1 of 3 answers left').waitFor();
    assert.ok(await isChosen(2));
    await page.keyboard.press('Control+z');
    await dialog().getByText('2 of 3 answers left').waitFor();
    await until('the second answer', () => isChosen(1));
    await until('it is not written any more', () => host.item(path(1)).text === '');
    assert.equal(await field().inputValue(), 'In my own words.');
    await until('the list has the focus', () => isFocused(list()));
    await page.keyboard.press('Control+z');
    await dialog().getByText('3 of 3 answers left').waitFor();
    await until('nothing is taken', () => review.taken.size === 0);
    assert.equal(await row(0).getByText('taken').count(), 0, 'its mark is gone');
    await page.keyboard.press('Control+z');
    await status().getByText('Nothing was decided here that could be taken back.').waitFor();
    await dialog().getByText('3 of 3 answers left').waitFor();
  });

  describe('of a host that is far away', () => {
    const textOf = (index: number): string => `I cannot describe number ${String(index)}.`;
    const openFar = async (answers = 6): Promise<void> => {
      review = new FakeReview(
        host,
        Array.from({ length: answers }, (_, index) => ({ image: path(index), reason: refused, text: textOf(index) })),
      );
      for (const item of host.items) item.text = '';
      await open();
      await show();
      host.distance = 150;
      await page.waitForTimeout(400);
    };
    const takenTexts = (): [string, string][] => [...review.taken].map(([image, { text }]) => [image, text]);

    it('goes on at once, and each key is for the answer that is shown', async () => {
      await openFar();
      await page.keyboard.press('t');
      assert.ok(await isChosen(1), 'at once');
      assert.match((await said().textContent()) ?? '', /number 1\./, 'at once');
      assert.equal(await dialog().locator('.left').textContent(), '5 of 6 answers left');
      await page.keyboard.press('t');
      assert.ok(await isChosen(2), 'at once');
      await page.keyboard.press('d');
      assert.equal(await dialog().locator('.left').textContent(), '3 of 6 answers left');
      await until('they are written', () => review.taken.size === 2);
      await until('one is discarded', () => review.stateOf(2) === 'discarded');
      assert.deepEqual(takenTexts(), [
        [path(0), textOf(0)],
        [path(1), textOf(1)],
      ]);
      assert.equal(await dialog().locator('.left').textContent(), '3 of 6 answers left');
    });

    it('gives no key to the answer before, where one has not come', async () => {
      await openFar(30);
      await page.keyboard.press('End');
      await page.keyboard.press('t');
      await status().getByText('The answer is not here yet.').waitFor();
      await page.keyboard.press('d');
      await page.keyboard.press('e');
      assert.equal(await field().count(), 0);
      await until('its text', async () => ((await said().textContent()) ?? '').includes('number 29.'));
      await page.waitForTimeout(400);
      assert.equal(review.taken.size, 0);
      assert.deepEqual([review.stateOf(0), review.stateOf(29)], ['waiting', 'waiting']);
      await page.keyboard.press('t');
      await until('it is written', () => review.taken.size === 1);
      assert.deepEqual(takenTexts(), [[path(29), textOf(29)]]);
    });

    it('gives what is typed at once after it to the answer that is shown', async () => {
      await openFar();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('e');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('two');
      await page.keyboard.press('Control+Enter');
      await page.keyboard.press('e');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('three');
      await page.keyboard.press('Control+Enter');
      await until('they are written', () => review.taken.size === 2);
      assert.deepEqual(takenTexts(), [
        [path(1), 'two'],
        [path(2), 'three'],
      ]);
    });

    it('takes back at once what is on its way', async () => {
      await openFar();
      await page.keyboard.press('t');
      await page.keyboard.press('t');
      await page.keyboard.press('Control+z');
      assert.ok(await isChosen(1), 'at once');
      assert.equal(await dialog().locator('.left').textContent(), '5 of 6 answers left');
      await page.keyboard.press('d');
      await until('it is discarded', () => review.stateOf(1) === 'discarded');
      assert.deepEqual(takenTexts(), [[path(0), textOf(0)]]);
      await page.waitForTimeout(400);
      assert.equal(await dialog().locator('.left').textContent(), '4 of 6 answers left');
    });

    it('comes back to an answer that was refused, but not from a text that somebody writes', async () => {
      await openFar();
      host.item(path(0)).text = 'typed in another window';
      await page.keyboard.press('t');
      assert.ok(await isChosen(1));
      await status().getByText('The caption was changed meanwhile.').waitFor();
      assert.ok(await isChosen(0));
      assert.equal(await dialog().locator('.left').textContent(), '6 of 6 answers left');
      host.item(path(0)).text = 'typed again';
      await page.keyboard.press('t');
      await page.keyboard.press('e');
      await page.keyboard.type('My ');
      await status()
        .getByText(`${path(0)}: The caption was changed meanwhile.`)
        .waitFor();
      await page.keyboard.type('own');
      assert.ok(await isChosen(1));
      assert.match(await field().inputValue(), /My own/);
      assert.equal(review.taken.size, 0);
    });

    it('leaves a text alone that somebody writes while a captioner is asked again', async () => {
      let answer: (text: string) => void = () => undefined;
      await openFar();
      review.answerAgain = () => new Promise((resolve) => (answer = resolve));
      await page.keyboard.press('r');
      await status().getByText('Asking Qwen…').waitFor();
      await page.keyboard.press('e');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('What I ');
      await page.waitForTimeout(400);
      answer('A red square.');
      await status().getByText('There is a caption now.').waitFor();
      await page.keyboard.type('dictate');
      assert.equal(await field().inputValue(), 'What I dictate');
      assert.deepEqual([review.taken.size, review.stateOf(0)], [0, 'waiting']);
    });

    it('asks no more once another answer is looked at, which can be asked about', async () => {
      const asked: string[] = [];
      await openFar();
      review.answerAgain = (captioner) => {
        asked.push(captioner);
        return new Promise(() => undefined);
      };
      await page.keyboard.press('r');
      await until('it is asked', () => asked.length === 1);
      await page.keyboard.press('ArrowDown');
      assert.equal(await status().getByText('Asking').count(), 0);
      await page.keyboard.press('r');
      await status().getByText('Asking Qwen…').waitFor();
      await until('it is asked twice', () => asked.length === 2);
    });

    it('says where something was not done though the dialog is closed by then', async () => {
      await openFar();
      host.item(path(0)).text = 'typed in another window';
      await page.keyboard.press('t');
      await page.keyboard.press('Escape');
      await page
        .locator('page-notice')
        .getByText(`${path(0)}: The caption was changed meanwhile.`)
        .waitFor();
    });
  });

  it('offers the review in the row of a job that ended, where answers are left', async () => {
    const job = {
      id: 'j1',
      label: 'Caption Empty',
      state: 'completed' as const,
      handled: 100,
      total: 100,
      failed: 0,
      untagged: 0,
      kept: 0,
      flagged: 3,
      isReviewable: true,
      message: '97 captioned, 3 to look at',
      execution: [],
      failures: [{ path: path(0), reason: refused }],
      moreFailures: 0,
    };
    host.jobs = [job];
    await open();
    const jobs = page.getByRole('region', { name: 'Jobs' });
    await jobs.getByRole('button', { name: '3 to look at' }).waitFor();
    await jobs.getByRole('button', { name: 'Review Flagged Caption Empty' }).click();
    await until('it is asked for', () => host.said('reviewFlagged').length === 1);
    assert.deepEqual(host.said('reviewFlagged'), [{ job: 'j1' }]);
    host.jobs = [{ ...job, flagged: 1, message: '97 captioned, 1 to look at' }];
    host.push();
    await jobs.getByRole('button', { name: '1 to look at' }).waitFor();
    await jobs.getByRole('button', { name: 'Dismiss Caption Empty' }).click();
    await until('it is dismissed', () => host.said('dismissJob').length === 1);
  });

  it("has no violation of axe-core's rules in light, dark and high contrast, also where there is little room", async () => {
    host.item(path(0)).text = 'mine';
    review.problems.set(path(0), { text: 'Somebody wrote a caption meanwhile: it is not overwritten.', mayAdd: true });
    await open({ theme: themes[0] });
    await show();
    await dialog()
      .getByRole('img', { name: path(0) })
      .waitFor();
    const body = page.locator('body');
    await loadAxe(body);
    const found: string[] = [];
    for (const [width, room] of [
      [1280, 'much room'],
      [420, 'little room'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      for (const theme of themes) {
        await page.evaluate(
          `document.body.className = 'vscode-${theme}'; document.querySelector('link').href = '/${theme}.css'`,
        );
        await page.waitForTimeout(200);
        await page.screenshot({ path: `screenshots/review ${theme} ${String(width)}.png` });
        found.push(...(await judgePage(body, `${theme}, ${room}`)));
      }
      const over = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      assert.equal(over, false, 'nothing is beside the window');
    }
    assert.deepEqual(found, []);
  });
});
