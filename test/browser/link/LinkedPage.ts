import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import type { GridBrowser } from '../GridPage';
import { useGridBrowser } from '../useGridBrowser';
import type { LinkBeginning } from './page/linkPage';

/** Long enough for all timers and answers, in milliseconds; it costs nothing: the clocks of these pages stand still. */
export const leisure = 4000;

/** What this uses of an element: the tests run where there is no DOM. */
interface Focusable {
  selectionStart: number;
  getRootNode(): { activeElement: unknown };
}

/**
 * A page whose host is played in it, as far away as a test wants. Time passes only in {@link wait}, so the same keys
 * always meet the same answers, however busy the machine is.
 */
export class LinkedPage {
  private opened: Page | undefined;

  constructor(
    private readonly browser: GridBrowser,
    private readonly viewport = { width: 1280, height: 1000 },
  ) {}

  get page(): Page {
    if (this.opened === undefined) throw new Error('Not opened');
    return this.opened;
  }

  /** Opens the page, or begins anew; the first card has the focus, and the link has no delay. */
  async open(beginning: LinkBeginning): Promise<void> {
    this.opened ??= await this.browser.openWith(await readFile('out/test/browser/linkPage.js', 'utf8'), this.viewport);
    const query = new URLSearchParams({ theme: 'dark', beginning: JSON.stringify(beginning) });
    await this.page.goto(`${this.browser.address}?${query.toString()}`);
    await this.page.evaluate('linkPage.begin()');
  }

  /** From now on every message takes this long, one way, in milliseconds. */
  async setDelay(delay: number): Promise<void> {
    await this.page.evaluate(`linkPage.setDelay(${String(delay)})`);
  }

  /**
   * Presses keys one after another, each with a pause behind it. All events of a key are sent at once: to wait for each
   * takes time.
   */
  async press(keys: readonly string[], pause = 0): Promise<void> {
    const { keyboard } = this.page;
    for (const key of keys) {
      // The last part may be the plus sign itself.
      const parts = key.split(/\+(?=.)/);
      await Promise.all([
        ...parts.map((part) => keyboard.down(part)),
        ...parts.toReversed().map((part) => keyboard.up(part)),
      ]);
      if (pause > 0) await this.wait(pause);
    }
  }

  /** Lets time pass, by default as much as everything that is on its way needs. */
  async wait(milliseconds = leisure): Promise<void> {
    await this.page.evaluate(`linkPage.advance(${String(milliseconds)})`);
  }

  /** What an expression is about the host, such as `query`. */
  host<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(`linkPage.host.${expression}`);
  }

  /** Whether an element has the focus. */
  isFocused(locator: Locator): Promise<boolean> {
    return locator.evaluate((element: unknown) => (element as Focusable).getRootNode().activeElement === element);
  }

  /** Where the caret of a field is. */
  caretOf(locator: Locator): Promise<number> {
    return locator.evaluate((element: unknown) => (element as Focusable).selectionStart);
  }
}

/** A page with a host of its own for the tests of a suite, each of which opens it anew; a small one is the quickest. */
export function useLinkedPage(viewport?: { width: number; height: number }): LinkedPage {
  return new LinkedPage(useGridBrowser({ keepsPages: true }), viewport);
}
