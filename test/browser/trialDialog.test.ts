import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { TrialResult } from '../../src/protocol/page/trialProtocol';
import { FakeHost } from './fakeHost';
import { FakeTrial } from './FakeTrial';
import type { GridBrowser } from './GridPage';
import { judgePage, loadAxe } from './judgePage';
import { useGridBrowser } from './useGridBrowser';

const themes = ['light', 'dark', 'high-contrast'] as const;

describe('A trial of a captioner in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;
  let trial: FakeTrial;

  beforeEach(() => {
    host = new FakeHost(40);
    trial = new FakeTrial(host.items.slice(2, 5));
  });

  const path = (index: number): string => host.items[index + 2]?.path ?? '';
  const open = async (options?: Parameters<GridBrowser['open']>[1]): Promise<void> => {
    page = await browser.open(host, options);
    await page.getByRole('gridcell').first().waitFor();
    host.trial.open(trial);
    await dialog().waitFor();
    await until('the prompt has the focus', () => isFocused(prompt()));
  };
  const dialog = (): Locator => page.getByRole('dialog', { name: /^Try on/ });
  const prompt = (): Locator => dialog().getByRole('textbox', { name: 'Prompt' });
  const button = (name: string): Locator => dialog().getByRole('button', { name, exact: true });
  const made = (index: number): Locator => dialog().getByRole('region', { name: `New caption of ${path(index)}` });
  const card = (index: number): Locator => dialog().getByRole('article', { name: path(index) });
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

  it('shows the old caption beside the new one for each image, by the keyboard alone, and writes nothing', async () => {
    const before = host.items.map(({ text }) => text);
    await open();
    await dialog().getByText('Try on 3 Images').waitFor();
    await card(0)
      .getByRole('region', { name: `Caption of ${path(0)} now` })
      .getByText('tag 2, sky, tree')
      .waitFor();
    await card(1).getByText('No caption').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Only the color.');
    await page.keyboard.press('Control+Enter');
    for (const index of [0, 1, 2])
      await made(index)
        .getByText(`Image ${String(index)} as Qwen sees it.`)
        .waitFor();
    assert.ok(trial.asked.every((one) => one.trial.words.prompt === 'Only the color.'));
    await status().getByText('3 of 3 images have new captions. Nothing is written.').waitFor();
    assert.deepEqual(
      host.items.map(({ text }) => text),
      before,
    );
    // Other words: what is shown is not what they would make.
    await page.keyboard.type(' Please.');
    await status().getByText('The words were changed since these captions were made.').waitFor();
  });

  it('shows each as it comes, with what is flagged or went wrong in words', async () => {
    const results: Record<number, TrialResult> = {
      0: { state: 'flagged', reason: 'The model refused to describe the picture.', text: "I'm sorry." },
      1: { state: 'missing', placeholders: ['{tags}'] },
      2: { state: 'failed', reason: 'The server at pod:8000 cannot be reached.' },
    };
    trial.result = (_trial, index) => results[index] ?? { state: 'caption', text: '' };
    await open();
    await button('Try').click();
    await card(0).getByText('Would be flagged: The model refused to describe the picture.').waitFor();
    await card(0).getByText("I'm sorry.").waitFor();
    await card(1).getByText('There is nothing for {tags}.').waitFor();
    await card(2).getByText('The server at pod:8000 cannot be reached.').waitFor();
    await status().getByText('0 of 3 images have new captions').waitFor();
  });

  it('says before it asks which images lack what the prompt wants, and that an empty prompt is none', async () => {
    await open();
    await prompt().fill('Describe it with {tags}.');
    await card(1).getByText('There is nothing for {tags}.').waitFor();
    assert.equal(await card(0).getByText('There is nothing').count(), 0);
    await prompt().fill(' ');
    await status().getByText('The prompt is empty.').waitFor();
    assert.equal(await button('Try').isDisabled(), true);
    assert.deepEqual(trial.asked, []);
  });

  it('can be stopped, and says how far it is', async () => {
    trial.result = (_trial, index, signal) =>
      index === 0
        ? { state: 'caption', text: 'The first.' }
        : new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              reject(new Error('given up'));
            });
          });
    await open();
    await button('Try').click();
    await status().getByText('Asking Qwen: 1 of 3').waitFor();
    await button('Cancel').click();
    await status().getByText('Cancelled.').waitFor();
    await made(0).getByText('The first.').waitFor();
    await card(1).getByText('Not tried yet').waitFor();
    await button('Try').waitFor();
  });

  it('puts a purpose with its traits into the prompt, once, and takes it out again', async () => {
    await open();
    await dialog().getByRole('combobox', { name: 'What the dataset is for' }).selectOption('character');
    const traits = dialog().getByRole('textbox', { name: 'Traits that captions leave out' });
    assert.match(await traits.inputValue(), /hair color, .*eye color/);
    await button('Put Into the Prompt').click();
    await until('the prompt names them', async () => (await prompt().inputValue()).includes('hair color'));
    await traits.fill('horns, tail');
    await button('Put Into the Prompt').click();
    await until('the prompt names the new ones', async () => (await prompt().inputValue()).includes('horns, tail'));
    const text = await prompt().inputValue();
    assert.ok(text.startsWith('Describe this image.') && !text.includes('hair color'), text);
    assert.equal(text.split('Do not mention').length, 2);
    await dialog().getByRole('combobox', { name: 'What the dataset is for' }).selectOption('');
    assert.equal(await prompt().inputValue(), 'Describe this image.');
  });

  it('tries another captioner with its own words', async () => {
    await open();
    await dialog().getByRole('combobox', { name: 'Captioner', exact: true }).selectOption('JoyCaption');
    assert.equal(await prompt().inputValue(), 'Write a caption.');
    assert.equal(await dialog().getByRole('textbox', { name: 'Trigger word' }).inputValue(), 'sks');
    assert.equal(await dialog().getByRole('spinbutton', { name: 'Temperature' }).inputValue(), '');
    await dialog().getByRole('spinbutton', { name: 'Temperature' }).fill('1.1');
    await button('Try').click();
    await made(0).getByText('Image 0 as JoyCaption sees it.').waitFor();
    const { captioner, words } = trial.asked[0]?.trial ?? {};
    assert.deepEqual([captioner, words?.temperature, words?.system], ['JoyCaption', 1.1, 'You are helpful.']);
  });

  it('makes the prompt that of the captioner, and goes on with it', async () => {
    await open();
    assert.equal(await button('Use This Prompt').isDisabled(), true, 'nothing is changed yet');
    await prompt().fill('In one sentence.');
    await button('Use This Prompt').click();
    await status().getByText('Qwen is asked with this from now on.').waitFor();
    assert.equal(trial.used[0]?.words.prompt, 'In one sentence.');
    await prompt().fill('In two sentences.');
    await button('Use and Caption…').click();
    await dialog().waitFor({ state: 'hidden' });
    await until('it goes on', () => trial.wentOn.length === 1);
    assert.deepEqual([trial.used[1]?.words.prompt, trial.wentOn], ['In two sentences.', ['Qwen']]);
  });

  it('of a host that is far away asks once however often the key comes, and goes on once', async () => {
    await open();
    host.distance = 150;
    await page.keyboard.press('Control+a');
    await page.keyboard.type('In one sentence.');
    assert.equal(await prompt().inputValue(), 'In one sentence.');
    await page.keyboard.press('Control+Enter');
    assert.equal(await button('Cancel').count(), 1, 'at once');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.type(' Or two.');
    await made(2).waitFor();
    await page.waitForTimeout(600);
    assert.equal(trial.asked.length, 3);
    assert.ok(trial.asked.every(({ trial: asked }) => asked.words.prompt === 'In one sentence.'));
    assert.equal(await prompt().inputValue(), 'In one sentence. Or two.');
    await status().getByText('The words were changed since these captions were made.').waitFor();
    await button('Use and Caption…').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'hidden' });
    await until('it goes on', () => trial.wentOn.length === 1);
    await page.waitForTimeout(600);
    host.trial.open(trial);
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await page.waitForTimeout(600);
    assert.deepEqual(trial.wentOn, ['Qwen']);
  });

  it('comes back with what was typed when another editor lay over the page', async () => {
    await open();
    await prompt().fill('Half a prompt');
    await page.waitForTimeout(500);
    host.trial.pageGone();
    await page.reload();
    await until('the prompt is there', async () => (await prompt().inputValue()) === 'Half a prompt');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
  });

  it("has no violation of axe-core's rules in light, dark and high contrast, also where there is little room", async () => {
    trial.result = (_trial, index) =>
      index === 1
        ? { state: 'flagged', reason: 'The answer repeats itself.', text: 'A cat. '.repeat(300) }
        : { state: 'caption', text: 'A red square fills the whole picture, without a frame.' };
    await open({ theme: themes[0] });
    await dialog().getByRole('combobox', { name: 'What the dataset is for' }).selectOption('style');
    await button('Try').click();
    await made(2).waitFor();
    const body = page.locator('body');
    await loadAxe(body);
    const found: string[] = [];
    for (const width of [1280, 420]) {
      await page.setViewportSize({ width, height: 800 });
      for (const theme of themes) {
        await page.evaluate(
          `document.body.className = 'vscode-${theme}'; document.querySelector('link').href = '/${theme}.css'`,
        );
        await page.waitForTimeout(200);
        await page.screenshot({ path: `screenshots/trial ${theme} ${String(width)}.png` });
        found.push(...(await judgePage(body, `${theme}, ${String(width)}`)));
      }
      const over = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      assert.equal(over, false, 'nothing is beside the window');
    }
    assert.deepEqual(found, []);
  });
});
