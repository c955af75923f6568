import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

/** How long an answer and a picture take over the far link, in milliseconds. */
const roundTrip = 300;

describe('pictures over a far link', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(400);
    host.latency = roundTrip;
    host.thumbnail = async (path) => {
      await new Promise((resolve) => {
        setTimeout(resolve, roundTrip);
      });
      return `/thumbnail/${path.replaceAll('/', '_')}`;
    };
    browser.imageDelay = roundTrip;
    browser.imageRequests.clear();
  });

  const open = async (options?: PageOptions): Promise<void> => {
    page = await browser.open(host, options);
    await page.locator('image-card img').first().waitFor();
  };
  const inView = (what: 'cards' | 'pictures'): Promise<number> =>
    page.locator('image-grid').evaluate(
      (grid: unknown, selector) => {
        const { top, bottom } = (grid as Grid).getBoundingClientRect();
        return [...(grid as Grid).shadowRoot.querySelectorAll(selector)].filter((card) => {
          const box = card.getBoundingClientRect();
          return box.bottom > top && box.top < bottom;
        }).length;
      },
      `image-card${what === 'cards' ? '' : ':has(.picture img)'}`,
    );
  const until = async (what: string, check: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const allShown = (): Promise<void> =>
    until('all pictures in view are shown', async () => (await inView('pictures')) === (await inView('cards')));

  it('loads a tenth more than what is seen, and asks only where the rest is', async () => {
    await open();
    await allShown();
    await page.waitForTimeout(4 * roundTrip);
    const seen = await inView('cards');
    const loaded = browser.imageRequests.size;
    assert.ok(seen >= 8 && loaded <= seen * 1.2, `${loaded} for ${seen}`);
    assert.ok(host.thumbnailsAsked > seen * 1.5, 'the host has made those that come next');
  });

  it('loads little of what is scrolled past', async () => {
    await open();
    await allShown();
    await page.waitForTimeout(2 * roundTrip);
    const before = browser.imageRequests.size;
    await page.mouse.move(600, 500);
    const gaps = await page.locator('image-grid').evaluateHandle((grid: unknown) => {
      const found: number[] = [];
      let last: number | undefined;
      (grid as EventTarget).addEventListener('scroll', () => {
        const now = performance.now();
        if (last !== undefined) found.push(now - last);
        last = now;
      });
      return found;
    });
    for (let turn = 0; turn < 40; turn++) {
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(20);
    }
    await allShown();
    await page.waitForTimeout(2 * roundTrip);
    const seen = await inView('cards');
    const loaded = browser.imageRequests.size - before;
    // On a machine that stands still now and then, the wheel does, too: that long is looking, not scrolling past.
    const looks = (await gaps.evaluate((found, look) => found.filter((gap) => gap >= look), 100)).length;
    const bound = (2.5 + looks) * seen;
    assert.ok(loaded <= bound, `${loaded} for ${seen}: those of the first movement, of ${looks} stops, and of the end`);
  });

  it('asks for no address that came with a card', async () => {
    for (const item of host.items) item.thumbnail = `/thumbnail/${item.path.replaceAll('/', '_')}`;
    await open();
    await allShown();
    assert.equal(host.thumbnailsAsked, 0);
  });

  it('shows the cards of the first answer without asking for them', async () => {
    host.bringsFirstCards = true;
    await open();
    await allShown();
    assert.deepEqual(host.said('getItemsAround'), []);
  });

  it('shows the cards that were sent before it asked', async () => {
    host.sendsStart = true;
    host.latency = 3000;
    page = await browser.open(host);
    const caption = page.getByRole('textbox', { name: /^Caption of/ }).first();
    await caption.waitFor();
    assert.deepEqual(host.said('ready'), [], 'the question is not answered yet');
    host.latency = 0;
    await until('it is', () => Promise.resolve(host.said('ready').length > 0));
    host.items[0]!.text = 'another';
    host.push();
    await until('what changes is shown', async () => (await caption.inputValue()) === 'another');
    assert.deepEqual(host.said('getItemsAround'), []);
  });

  it('goes on where it was when VS Code makes it anew, whatever was sent', async () => {
    host.sendsStart = true;
    await open();
    const top = (): Promise<number> =>
      page.locator('image-grid').evaluate((grid: unknown) => (grid as { scrollTop: number }).scrollTop);
    await page.mouse.move(600, 500);
    await page.mouse.wheel(0, 9000);
    await until('the place is kept', () => Promise.resolve((host.page.index ?? 0) !== 0));
    const before = await top();
    host.latency = 1000;
    await page.reload();
    await page.locator('image-card').first().waitFor();
    assert.equal(host.said('ready').length, 2, 'it has waited for the answer');
    await until('the place is shown', async () => Math.abs((await top()) - before) < 400);
  });

  it('calls sharp pictures off when a key is pressed, and loads them when the user rests', async () => {
    host.settings.pictures.sharpImageDelay = 1000;
    host.settings.pictures.sharpImages = 'always';
    let begun = 0;
    let calledOff = 0;
    host.preview = async ({ size }, signal) => {
      begun++;
      await new Promise((resolve) => {
        setTimeout(resolve, 5000);
        signal.addEventListener('abort', resolve);
      });
      if (signal.aborted) calledOff++;
      return `/preview/1_${size}.png`;
    };
    await open({ width: 500, height: 500 });
    await allShown();
    await until('a sharp picture is asked for', () => Promise.resolve(begun > 0));
    await page.keyboard.press('Shift');
    await until('it is called off', () => Promise.resolve(calledOff === begun));
    const before = begun;
    await until('it is asked for again', () => Promise.resolve(begun > before));
  });
});

/** What the tests use of elements: they run where there is no DOM. */
interface Grid {
  shadowRoot: { querySelectorAll(selector: string): Iterable<Grid> };
  getBoundingClientRect(): { top: number; bottom: number };
}
