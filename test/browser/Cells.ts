import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

/** What the tests use of elements: they run where there is no DOM. */
interface Focusable {
  getRootNode(): { activeElement: unknown };
}

interface Labelled {
  readonly ariaLabel: string | null;
}

/** The cells of a grid by the paths of their images, and what tests ask about them. */
export class Cells {
  constructor(readonly page: Page) {}

  cell(path: string): Locator {
    return this.page.getByRole('group', { name: path, exact: true });
  }

  caption(path: string): Locator {
    return this.page.getByRole('textbox', { name: `Caption of ${path}`, exact: true });
  }

  /** Clicks on the picture of a card. */
  async click(path: string, ...modifiers: ('Shift' | 'ControlOrMeta')[]): Promise<void> {
    await this.cell(path)
      .locator('.picture')
      .click({ modifiers, position: { x: 60, y: 60 } });
  }

  async isFocused(locator: Locator): Promise<boolean> {
    return locator.evaluate((element: unknown) => (element as Focusable).getRootNode().activeElement === element);
  }

  /** Waits until the cell of an image has the focus. */
  async focused(path: string): Promise<void> {
    await this.until(`${path} has the focus`, async () => {
      const cell = this.cell(path);
      return (await cell.count()) > 0 && (await this.isFocused(cell));
    });
  }

  /** The last parts of the paths of the selected cells that are in the document. */
  async selected(): Promise<string[]> {
    // All in one turn of the page: cells that are no longer selected a moment later still have a name here.
    const names = await this.page
      .locator('[role=gridcell][aria-selected=true] image-card')
      .evaluateAll((cards) => cards.map((card) => (card as unknown as Labelled).ariaLabel ?? ''));
    return names.map((name) => name.slice(name.lastIndexOf('/') + 1)).sort();
  }

  /** Waits until these are the selected cells. */
  async selects(names: readonly string[]): Promise<void> {
    let found: string[] = [];
    for (let tries = 0; tries < 60; tries++) {
      found = await this.selected();
      if (found.join() === names.join()) return;
      await this.page.waitForTimeout(50);
    }
    assert.deepEqual(found, names);
  }

  /** How far the top of a cell is from the top of the page. */
  async top(path: string): Promise<number> {
    return (await this.cell(path).boundingBox())?.y ?? NaN;
  }

  async until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await this.page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  }
}

/** The path of an image of the fake host. */
export function imagePath(index: number): string {
  return `${String(Math.floor(index / 1000)).padStart(2, '0')}_set/${imageName(index)}`;
}

/** The name of an image of the fake host. */
export function imageName(index: number): string {
  return `image_${String(index).padStart(5, '0')}.png`;
}
