import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { GridBrowser } from '../GridPage';
import type { LinkState } from './page/linkPage';

/** A key as Playwright names it, such as `Control+f`, and the pause after it in milliseconds. */
export interface Stroke {
  key: string;
  pause: number;
}

/** How a page begins. */
export interface Beginning {
  captionMode: 'text' | 'tags';
  /** keys before those that are looked at, pressed at leisure on a link without delay */
  first?: readonly string[];
}

/** Long enough for all timers and answers, in milliseconds; it costs nothing: the clocks of these pages stand still. */
const leisure = 4000;

/** Presses the same keys in pages whose hosts are nearer or farther away, and says how things stand then. */
export class LinkKeys {
  private opened: Promise<Page> | undefined;

  constructor(private readonly browser: GridBrowser) {}

  /** Presses keys in a new page, lets all settle, and tells how things stand. @param delay one way, in milliseconds */
  async play(strokes: readonly Stroke[], delay: number, { captionMode, first = [] }: Beginning): Promise<LinkState> {
    const page = await (this.opened ??= this.open());
    await page.goto(`${this.browser.address}?theme=dark&captions=${captionMode}`);
    await page.evaluate('linkPage.begin()');
    for (const key of first) await press(page, { key, pause: leisure });
    await page.evaluate(`linkPage.setDelay(${String(delay)})`);
    for (const stroke of strokes) await press(page, stroke);
    return page.evaluate<LinkState>(`linkPage.settle(${String(leisure + 40 * delay)})`);
  }

  /** The next {@link play} opens another page: for use after a test, which closes its pages. */
  forget(): void {
    this.opened = undefined;
  }

  private async open(): Promise<Page> {
    return this.browser.openWith(await readFile('out/test/browser/linkPage.js', 'utf8'), { width: 1280, height: 1000 });
  }
}

/** Presses a key and lets its pause pass. All events of the key are sent at once: to wait for each takes time. */
async function press(page: Page, { key, pause }: Stroke): Promise<void> {
  const keys = key.split('+');
  await Promise.all([
    ...keys.map((each) => page.keyboard.down(each)),
    ...keys.toReversed().map((each) => page.keyboard.up(each)),
  ]);
  if (pause > 0) await page.evaluate(`linkPage.advance(${String(pause)})`);
}
