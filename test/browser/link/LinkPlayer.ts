import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FrameLocator, Locator } from 'playwright-core';
import { captions } from '../datasetFiles';
import { DatasetView } from '../DatasetView';
import { linkImages } from './linkCaptions';
import { filesWith } from './linkDataset';

/** The pause after which a caption is saved by itself in the cases, in milliseconds. */
export const saveDelay = 400;

/** What a case waits for what must come, in milliseconds. */
const patience = 8000;

/** What the cases use of elements: they run where there is no DOM. */
interface PageElement {
  activeElement?: PageElement | null;
  shadowRoot?: PageElement | null;
  getAttribute(name: string): string | null;
  tagName: string;
  closest(selector: string): PageElement | null;
}

/** Plays what somebody does with keyboard and mouse in a dataset behind a link, and looks what came of it. */
export class LinkPlayer {
  constructor(
    readonly view: DatasetView,
    /** where the dataset is */
    readonly folder: string,
  ) {}

  get frame(): FrameLocator {
    return this.view.frame;
  }

  /** The link's delay one way, in milliseconds. */
  get delay(): number {
    return this.view.workbench.link.delay;
  }

  /** Presses keys one after another, `pause` milliseconds apart. */
  async press(keys: string, pause = 0): Promise<void> {
    for (const [index, key] of keys.split(' ').entries()) {
      if (index > 0 && pause > 0) await sleep(pause);
      await this.view.workbench.page.keyboard.press(key);
    }
  }

  /** Types a text, `pause` milliseconds apart. */
  async type(text: string, pause = 20): Promise<void> {
    await this.view.workbench.page.keyboard.type(text, { delay: pause });
  }

  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds);
  }

  /** Waits until all that was asked for has been answered, and what was typed is saved. */
  async settle(): Promise<void> {
    await sleep(saveDelay + 4 * this.delay + 250);
  }

  /** Puts the focus on the cell of an image. */
  async cell(image: string): Promise<void> {
    await this.view.card(image).focus();
    await this.focused(image);
  }

  /** Puts the caret behind the last character of a caption. */
  async caret(image: string): Promise<void> {
    await this.view.caption(image).focus();
    await this.press('Control+End');
  }

  /** Shows captions as tags. */
  async chips(): Promise<void> {
    await this.frame.getByRole('radio', { name: 'Captions as tags' }).check();
    await this.chip(linkImages[0] ?? '', 'ant').waitFor();
  }

  chip(image: string, tag: string): Locator {
    return this.view.card(image).getByRole('list').getByRole('button', { name: tag, exact: true });
  }

  /** Opens an image large, by the key, and waits until keys reach it. */
  async open(image: string): Promise<void> {
    await this.cell(image);
    await this.press('Enter');
    await this.focused(`Picture of ${image}`);
  }

  get viewer(): Locator {
    return this.frame.getByRole('dialog', { name: /^Image/ });
  }

  get searchField(): Locator {
    return this.frame.getByRole('combobox', { name: 'Search captions and file names' });
  }

  get bulkEdit(): Locator {
    return this.frame.getByRole('dialog', { name: 'Edit Captions' });
  }

  /** The name of the element with the focus, or that of its kind. */
  async focus(): Promise<string> {
    return this.frame.locator('body').evaluate((body: unknown) => {
      let active = (body as { ownerDocument: PageElement }).ownerDocument.activeElement;
      while (active?.shadowRoot?.activeElement != null) active = active.shadowRoot.activeElement;
      return active?.getAttribute('aria-label') ?? active?.getAttribute('name') ?? active?.tagName ?? '';
    });
  }

  /** Waits until an element of this name has the focus. */
  async focused(name: string): Promise<void> {
    await this.shows('the focus', () => this.focus(), name);
  }

  /** Waits until the page shows something: a mistake says what it showed instead. */
  async shows<T>(what: string, look: () => Promise<T>, expected: T): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      const found = await look();
      try {
        assert.deepEqual(found, expected, what);
        return;
      } catch (thrown) {
        if (Date.now() > end) throw thrown;
      }
      await sleep(30);
    }
  }

  /** Waits until the search field holds a text, and has the focus. */
  async searches(text: string): Promise<void> {
    await this.shows('the search field', () => this.searchField.inputValue(), text);
    await this.focused('Search captions and file names');
  }

  /** The images that are selected. */
  async selected(): Promise<string[]> {
    const cells = await this.frame.locator('[role=gridcell][aria-selected=true] image-card').all();
    return Promise.all(cells.map(async (cell) => (await cell.getAttribute('aria-label')) ?? ''));
  }

  /**
   * Waits until the caption files are as they were but for these captions, and looks again when all has
   * settled.
   */
  async saves(changed: Readonly<Record<string, string | undefined>>): Promise<void> {
    const expected = filesWith(changed);
    await this.shows('the caption files', () => captions(this.folder), expected);
    await this.settle();
    assert.deepEqual(await captions(this.folder), expected, 'the caption files, when all has settled');
  }

  /** Waits until a card shows a caption as text. */
  async showsCaption(image: string, caption: string): Promise<void> {
    await this.shows(`the caption of ${image} on the page`, () => this.view.caption(image).inputValue(), caption);
  }
}
