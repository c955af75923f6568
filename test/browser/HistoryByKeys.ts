import type { Locator } from 'playwright-core';
import { DatasetView, until } from './DatasetView';
import type { Workbench } from './Workbench';

/** Says in which part of the window the focus is, and on what: both are evaluated in pages. */
const focusedElement = `(() => {
  const nameOf = (option) => option?.getAttribute('aria-label') ?? option?.querySelector('.hidden-text')?.textContent ?? '';
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (at === null) return '';
  if (at.localName === 'iframe') return 'page';
  const label = at.getAttribute('aria-label') ?? '';
  const row = at.getAttribute('aria-activedescendant');
  const named = row === null ? '' : nameOf(at.getRootNode().getElementById(row));
  return [at.localName, label, named].filter((text) => text !== '').join(': ');
})()`;

/** Uses the window as somebody does who has no mouse. */
export class HistoryByKeys {
  readonly view: DatasetView;

  constructor(readonly workbench: Workbench) {
    this.view = new DatasetView(workbench);
  }

  /** What has the focus: in the page of the dataset `page: …`, by its kind and name. */
  async focused(): Promise<string> {
    const outside = await this.workbench.page.evaluate<string>(focusedElement);
    if (outside !== 'page') return outside;
    const inside = await this.view.frame.locator('body').evaluate<string, unknown>(focusedElement);
    return `page: ${inside}`;
  }

  /** Waits until the focus is on something of this kind and name. */
  async focusOn(what: RegExp): Promise<void> {
    let last = '';
    await until(`the focus to be on ${String(what)}`, async () => {
      last = await this.focused();
      return what.test(last);
    }).catch((error: unknown) => {
      throw new Error(`${String(error)} It is on "${last}".`);
    });
  }

  press(...keys: string[]): Promise<void> {
    return keys.reduce((before, key) => before.then(() => this.workbench.page.keyboard.press(key)), Promise.resolve());
  }

  type(text: string): Promise<void> {
    return this.workbench.page.keyboard.type(text, { delay: 10 });
  }

  /** Runs a command of the palette. */
  async command(title: string): Promise<void> {
    const { page } = this.workbench;
    const input = page.locator('.quick-input-widget input[type="text"]').first();
    await this.press('F1');
    await input.and(page.locator(':focus')).waitFor();
    await this.type(`Dataset Captions: ${title}`);
    const wanted = page
      .locator('.quick-input-list .monaco-list-row.focused')
      .filter({ has: page.locator('.label-name', { hasText: new RegExp(`^Dataset Captions: ${title}$`) }) });
    await until(`the command ${title} to be reached`, async () => {
      if ((await wanted.count()) > 0) return true;
      await this.press('ArrowDown');
      return false;
    });
    await this.press('Enter');
  }

  /** Chooses an item of the context menu of what has the focus. */
  async menu(item: string): Promise<void> {
    const { page } = this.workbench;
    await this.press('Shift+F10');
    const wanted = page.getByRole('menuitem', { name: item, exact: true });
    await wanted.waitFor();
    await until(`the menu item ${item} to be reached`, async () => {
      const has = page.locator('.monaco-menu .action-item.focused').filter({ has: wanted });
      if ((await has.count()) > 0) return true;
      // Over a slow link, the page gets the focus back from a question when the menu is open already, which closes it.
      if ((await wanted.count()) > 0) await this.press('ArrowDown');
      else {
        await this.press('Shift+F10');
        await wanted.waitFor({ timeout: 3000 }).catch(() => undefined);
      }
      return false;
    });
    await this.press('Enter');
    await wanted.waitFor({ state: 'detached' });
  }

  /** The list of choices of VS Code, once its title says this. */
  async picker(title: string | RegExp): Promise<Locator> {
    const picker = this.workbench.page.locator('.quick-input-widget');
    await picker.locator('.quick-input-title').filter({ hasText: title }).waitFor();
    return picker;
  }

  /** Chooses a row of the list of choices by the arrow keys. */
  async choose(title: string | RegExp, row: string | RegExp): Promise<void> {
    const picker = await this.picker(title);
    const rows = picker.locator('.monaco-list-row');
    await rows.filter({ hasText: row }).first().waitFor();
    await until(`the row ${String(row)} to be reached`, async () => {
      const focused = picker.locator('.monaco-list-row.focused').filter({ hasText: row });
      if ((await focused.count()) > 0) return true;
      await this.press('ArrowDown');
      return false;
    });
    await this.press('Enter');
  }
}
