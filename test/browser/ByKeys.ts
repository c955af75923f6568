import type { Locator } from 'playwright-core';
import { until } from './DatasetView';
import type { Workbench } from './Workbench';

/** Goes through the palette, its lists and its boxes with the keyboard alone. */
export class ByKeys {
  private readonly widget: Locator;

  constructor(private readonly workbench: Workbench) {
    this.widget = workbench.page.locator('.quick-input-widget:visible');
  }

  /** Runs a command by its whole title. */
  async run(title: string): Promise<void> {
    const { page } = this.workbench;
    const first = this.widget.locator('.monaco-list-row.focused .label-name');
    await until(`the palette to have "${title}"`, async () => {
      await page.keyboard.press('F1');
      await this.widget.locator('input').first().waitFor({ timeout: 3000 });
      await page.keyboard.press('Control+a');
      await page.keyboard.type(`>${title}`);
      const found = await first
        .filter({ hasText: title })
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
      if (!found) await page.keyboard.press('Escape');
      return found;
    });
    await page.keyboard.press('Enter');
  }

  /** Waits until the list or box shows a text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.widget.getByText(text).first().waitFor();
  }

  async type(text: string): Promise<void> {
    await this.workbench.page.keyboard.type(text);
  }

  /** Types in place of what the box holds. */
  async fill(text: string): Promise<void> {
    await this.workbench.page.keyboard.press('Control+a');
    await this.type(text);
  }

  async enter(): Promise<void> {
    await this.workbench.page.keyboard.press('Enter');
  }

  /** Chooses the entry of a list whose name holds a text, by typing it. */
  async choose(text: string): Promise<void> {
    await this.fill(text);
    const entry = this.widget.locator('.monaco-list-row.focused .label-name');
    await until(`"${text}" to be the active entry`, async () => {
      const active =
        (await entry
          .first()
          .textContent({ timeout: 1000 })
          .catch(() => null)) ?? '';
      if (active.includes(text)) return true;
      await this.workbench.page.keyboard.press('ArrowDown');
      return false;
    });
    await this.enter();
  }

  /** The name of the active entry of the list; empty if there is none. */
  async active(): Promise<string> {
    const entry = this.widget.locator('.monaco-list-row.focused .label-name').first();
    return (await entry.textContent({ timeout: 1000 }).catch(() => null)) ?? '';
  }

  /** Goes to a control of the workbench or of the page with the Tab key. */
  async tabTo(control: Locator): Promise<void> {
    const hasFocus = (): Promise<boolean> =>
      control.evaluate((node) => (node as unknown as { matches(selector: string): boolean }).matches(':focus'));
    for (let presses = 0; presses < 60 && !(await hasFocus()); presses++) {
      await this.workbench.page.keyboard.press('Tab');
    }
    if (!(await hasFocus())) throw new Error('The Tab key does not come to it.');
  }

  /** Answers a question of VS Code with the button that has the focus, once one has it. */
  async answer(): Promise<void> {
    const button = this.workbench.page.locator('.monaco-dialog-box [role=button]:focus');
    await button.waitFor();
    await this.workbench.page.keyboard.press('Enter');
  }

  /** Gives the keyboard back to the grid. */
  async backToGrid(): Promise<void> {
    await this.workbench.page.keyboard.press('Control+1');
  }
}
