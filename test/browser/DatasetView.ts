import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './Workbench';

/** What is used of the page's body: this file is compiled without the DOM. */
interface PageBody {
  ownerDocument: { hasFocus(): boolean };
}

/** The grid of a dataset inside the workbench, by the names that a screen reader says. */
export class DatasetView {
  readonly frame: FrameLocator;

  constructor(readonly workbench: Workbench) {
    this.frame = workbench.webview();
  }

  /** Opens a folder of the Explorer as a dataset and waits for its cards. */
  static async open(workbench: Workbench, name: string): Promise<DatasetView> {
    const { page } = workbench;
    const front = page.locator('.editor-group-container.active .tab.active');
    const pages = async (): Promise<string[]> => {
      const frames = await page.locator('iframe.webview.ready:visible').all();
      return Promise.all(frames.map(async (frame) => (await frame.getAttribute('name')) ?? ''));
    };
    const isInFront = async (): Promise<boolean> => (await front.allInnerTexts()).some((text) => text.trim() === name);
    const others = (await isInFront()) ? [] : await pages();
    await workbench.explorerContextMenu(name, 'Open as Dataset');
    // Until VS Code has brought it to the front, what is seen, and gets the keys, is the page of another tab.
    await until(`${name} to be in front`, async () => {
      const shown = await pages();
      return (await isInFront()) && shown.some((frame) => !others.includes(frame));
    });
    const view = new DatasetView(workbench);
    await view.ready();
    // VS Code gives the focus to an editor that it has opened, sometimes after the first cards are there.
    await until('the focus to come into the page', () =>
      view.frame.locator('body').evaluate((body: unknown) => (body as PageBody).ownerDocument.hasFocus()),
    );
    return view;
  }

  /** Waits until the first card shows its caption. */
  async ready(): Promise<void> {
    await this.frame
      .getByRole('textbox', { name: /^Caption of/ })
      .first()
      .waitFor();
  }

  card(path: string): Locator {
    return this.frame.getByRole('group', { name: path, exact: true });
  }

  caption(path: string): Locator {
    return this.frame.getByRole('textbox', { name: `Caption of ${path}`, exact: true });
  }

  /** Clicks into a caption and types at its end. */
  async type(path: string, text: string): Promise<void> {
    await this.caption(path).click();
    await this.workbench.page.keyboard.press('Control+End');
    await this.workbench.page.keyboard.type(text, { delay: 10 });
  }

  /** Waits until the save state of a card begins like this; so "Unsaved" is not "Saved". */
  async saveState(path: string, expected: string | RegExp): Promise<void> {
    const status = this.card(path).getByRole('status');
    const begins = (text: string): boolean =>
      typeof expected === 'string' ? text.startsWith(expected) : expected.test(text);
    await until(`${path} to be "${String(expected)}"`, async () =>
      (await status.allTextContents()).some((text) => begins(text.trim())),
    );
  }

  async press(button: string | RegExp): Promise<void> {
    await this.frame.getByRole('button', { name: button }).first().click();
  }

  /** Waits until the status bar says that a job is through, and gives its text. */
  async jobDone(label: string): Promise<string> {
    const done = async (): Promise<string | undefined> => {
      const texts = await this.workbench.page.locator('.statusbar-item').allInnerTexts();
      return texts.find((text) => text.includes(`${label}: `) && text.includes('(100%)'))?.trim();
    };
    return until(`${label} at 100 %`, done, 60_000);
  }
}

/** Waits until `look` finds something. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  patience = 40_000,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited ${patience / 1000} s in vain for ${what}.`);
    await sleep(50);
  }
}
