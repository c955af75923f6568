import type { Locator } from 'playwright-core';
import { until } from './DatasetView';
import type { Workbench } from './Workbench';

/** The view *Jobs* of the sidebar, by the names that a screen reader says. */
export class JobsView {
  constructor(readonly workbench: Workbench) {}

  /** Brings the view to the front. */
  static async open(workbench: Workbench): Promise<JobsView> {
    await workbench.runCommand('Dataset Captions: Show Jobs');
    const view = new JobsView(workbench);
    await view.pane.waitFor();
    return view;
  }

  /** Gives the view the focus: the keys of a test go to whatever has it, and an editor that opens takes it. */
  async focus(): Promise<void> {
    await until('the focus in the view of jobs', async () => {
      if ((await this.pane.locator(':focus').count()) > 0) return true;
      await this.workbench.runCommand('Dataset Captions: Show Jobs');
      return false;
    });
  }

  get pane(): Locator {
    return this.workbench.page.locator('.pane', {
      has: this.workbench.page.locator('.pane-header[aria-label^="Jobs"]'),
    });
  }

  /** The line of a job or of what is below one, by the beginning of its name. */
  item(name: string | RegExp): Locator {
    return this.pane.getByRole('treeitem', { name }).first();
  }

  /** Waits until a job's line says this. */
  async says(job: string, expected: RegExp, patience?: number): Promise<string> {
    const item = this.item(new RegExp(`^${job}`));
    return until(
      `${job} to be ${String(expected)}`,
      async () => {
        const name = (await item.getAttribute('aria-label', { timeout: 1000 }).catch(() => null)) ?? '';
        return expected.test(name) ? name : undefined;
      },
      patience,
    );
  }

  /** Chooses an item of a line's context menu with the keyboard alone. */
  async choose(action: string): Promise<void> {
    const { page } = this.workbench;
    const menu = page.locator('.monaco-menu');
    await this.focus();
    await page.keyboard.press('Shift+F10');
    await menu.waitFor();
    const names = await menu.getByRole('menuitem').allInnerTexts();
    const position = names.findIndex((name) => name.trim() === action);
    if (position === -1) throw new Error(`No "${action}" among ${names.join(', ')}`);
    // The menu takes no key in its first moment; its first item is not chosen yet.
    await page.waitForTimeout(300);
    const focused = (): Promise<string> =>
      menu
        .locator('.action-item.focused')
        .innerText({ timeout: 500 })
        .catch(() => '');
    for (let step = 0; step < 30 && (await focused()).trim() !== action; step++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await menu.waitFor({ state: 'detached' });
  }
}
