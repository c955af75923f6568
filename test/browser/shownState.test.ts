import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { DatasetView, until } from './DatasetView';
import { readText } from './datasetFiles';
import { unsavedSettings } from './unsavedWorkbench';
import { useWorkbench } from './useWorkbench';

const images = 300;
const name = (n: number): string => `image_${String(n).padStart(3, '0')}`;

/** What a user sees of where he is in a dataset. */
interface Shown {
  search: string;
  summary: string;
  order: string;
  layout: string;
  selection: string;
}

describe('where somebody is in a dataset, in the real workbench', () => {
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });

  beforeEach(async () => {
    const set = path.join(suite.scratch, `shown-${suite.name}`);
    await mkdir(set);
    for (let n = 0; n < images; n++) {
      await copyFile('test/fixtures/sample-dataset/5_scenery/sunset.png', path.join(set, `${name(n)}.png`));
      await writeFile(path.join(set, `${name(n)}.txt`), n % 3 === 0 ? 'dog' : `cat, number ${n}`);
    }
  });

  async function shown(frame: FrameLocator): Promise<Shown> {
    const text = async (locator: string): Promise<string> =>
      ((await frame.locator(locator).first().textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
    return {
      search: await frame.getByLabel('Search captions and file names').first().inputValue(),
      summary: await text('.summary'),
      order: (await frame.getByRole('button', { name: /^Sorted / }).getAttribute('aria-label')) ?? '',
      layout: (await frame.locator('input[type="radio"]:checked').evaluateAll(labelsOf)).join(', '),
      selection: await text('selection-bar .bar'),
    };
  }

  it('stays in a hidden, moved, split and reloaded tab, when its folder is renamed and its window closed', async () => {
    const view = await suite.open(`shown-${suite.name}`);
    const bench = view.workbench;
    const { page } = bench;
    const { keyboard } = page;
    const { frame } = view;
    await frame.getByLabel('Search captions and file names').first().fill('cat');
    await frame.locator('.summary').filter({ hasText: '200 of 300 images' }).waitFor();
    await frame.getByRole('button', { name: /^Sorted / }).click();
    await view.card(`${name(299)}.png`).waitFor();
    await frame.getByRole('radio', { name: 'Small' }).check();
    await frame.locator('image-card[data-index="0"]').focus();
    await keyboard.press('Control+a');
    await keyboard.press('Escape');
    for (let presses = 0; presses < 8; presses++) {
      await keyboard.press('PageDown');
      await page.waitForTimeout(100);
    }
    // The place that is kept is the first row in view.
    const looked = await until('an image at the top', () => frame.locator('image-grid').evaluate(lookedAt));
    const number = Number(/\d+/.exec(looked)?.[0]);
    assert.ok(number > 30 && number < 270, `somewhere in the middle: ${looked}`);
    await view.card(looked).click({ position: { x: 30, y: 30 } });
    await keyboard.press('Shift+ArrowRight');
    await keyboard.press('Shift+ArrowRight');
    await view.type(looked, ', unsaved');
    await view.saveState(looked, 'Unsaved');
    // The toolbar hears of it later than the card.
    await frame.locator('.summary').filter({ hasText: '1 unsaved' }).first().waitFor();
    const before = await shown(frame);
    assert.match(before.selection, /\b3 /);
    assert.match(before.layout, /Small/);
    await bench.screenshot('shown-state');

    const isAsBefore = async (where: string, own = frame): Promise<void> => {
      const caption = own.getByRole('textbox', { name: `Caption of ${looked}`, exact: true });
      await until(`the caption ${where}`, async () => (await caption.count()) === 1);
      await until(
        `what was shown ${where}`,
        async () => JSON.stringify(await shown(own)) === JSON.stringify(before),
      ).catch(async () => {
        assert.deepEqual(await shown(own), before, where);
      });
      assert.equal(await caption.inputValue(), `cat, number ${number}, unsaved`, where);
      await until(`the image in view ${where}`, () => caption.evaluate(isInView));
    };

    await bench.runCommand('File: New Untitled Text File');
    await until('no webview', async () => (await page.locator('iframe.webview.ready:visible').count()) === 0);
    await bench.runCommand('View: Close Editor');
    await isAsBefore('after the tab was hidden');

    await bench.runCommand('View: Split Editor Right');
    const frames = page.locator('iframe.webview.ready:visible');
    await until('two webviews', async () => (await frames.count()) === 2);
    for (const side of [0, 1]) {
      await isAsBefore(`on side ${side}`, frames.nth(side).contentFrame().frameLocator('#active-frame'));
    }
    await bench.runCommand('View: Close Editor');
    await until('one webview', async () => (await frames.count()) === 1);

    await bench.runCommand('View: Move Editor into Right Group');
    await isAsBefore('in another group');
    await page.waitForTimeout(1500);
    await bench.reload();
    await isAsBefore('after a reload');
    await bench.reopenWindow();
    const again = new DatasetView(bench);
    await isAsBefore('in the window that was opened again', again.frame);

    await bench.renameInExplorer(`shown-${suite.name}`, `renamed-${suite.name}`);
    await bench.page.getByRole('tab', { name: /^renamed/ }).waitFor();
    await isAsBefore('under the new name', new DatasetView(bench).frame);
    const saved = path.join(suite.scratch, `renamed-${suite.name}/${name(number)}.txt`);
    await new DatasetView(bench).caption(looked).click();
    await bench.page.keyboard.press('Control+s');
    await until('the text on disk', async () => (await readText(saved)) === `cat, number ${number}, unsaved`);
  });
});

/** As much of the DOM as these read: the tests are compiled without the browser's types. */
interface Card extends Box {
  item?: { path: string };
  scrollIntoView(options: { block: 'start' }): void;
}

interface Grid extends Box {
  shadowRoot: { querySelectorAll(selector: string): Iterable<Card> };
}

interface Box {
  getAttribute(name: string): string | null;
  getBoundingClientRect(): { top: number; bottom: number };
  ownerDocument: { defaultView: { innerHeight: number } };
}

function labelsOf(inputs: Box[]): string[] {
  return inputs.map((input) => input.getAttribute('aria-label') ?? '');
}

/** Moves the first row that is whole in view to the top and gives the path of its first image. */
function lookedAt(grid: Grid): string | undefined {
  const cards = [...grid.shadowRoot.querySelectorAll('image-card')].map((card) => ({
    card,
    top: card.getBoundingClientRect().top - grid.getBoundingClientRect().top,
    at: Number(card.getAttribute('data-index')),
  }));
  const [first] = cards.filter(({ top }) => top >= 0).sort((a, b) => a.at - b.at);
  first?.card.scrollIntoView({ block: 'start' });
  return first?.card.item?.path;
}

function isInView(element: Box): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= element.ownerDocument.defaultView.innerHeight;
}
