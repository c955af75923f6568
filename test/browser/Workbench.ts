import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import type { TestHost } from '../../scripts/testHost.mjs';
import { colorThemes } from './colorThemes';
import { processesOf } from './datasetFiles';
import { hasFailed, type TestThatRan } from './hasFailed';
import { type LinkOptions, SlowLink } from './SlowLink';

/** `npm test` and mocha run in the root of the checkout; this file is bundled elsewhere. */
const root = process.cwd();
const patience = 30_000;

/** How a workbench is opened. */
export interface WorkbenchOptions {
  /** the folder of the window */
  folder: string;
  /** user settings */
  settings?: Record<string, unknown>;
  /** the name of a color theme, such as `Light Modern` */
  colorTheme?: string;
  viewport?: { width: number; height: number };
  /** folders of more extensions, beside the product */
  extensions?: readonly string[];
  /** the display language, such as `ja`: that of extensions; the workbench itself has English only */
  language?: string;
  /** environment variables that the extension host sees */
  env?: Record<string, string>;
  /** leaves workspace trust on: the folder is not trusted */
  trust?: boolean;
  /** the link between browser and server, which {@link Workbench.link} changes later; without it they are side by side */
  link?: LinkOptions;
}

/** The real VS Code workbench in a headless browser, with the product in its extension host. */
export class Workbench {
  /** errors that the pages of the workbench printed or threw */
  readonly errors: string[] = [];

  private constructor(
    private readonly host: TestHost,
    private readonly browser: Browser,
    private window: Page,
    private readonly slowLink: SlowLink | undefined,
  ) {
    this.listen(window);
  }

  /** The window; another one after {@link reopenWindow}. */
  get page(): Page {
    return this.window;
  }

  /** What lies between browser and server, where the workbench was opened with a link. */
  get link(): SlowLink {
    if (this.slowLink === undefined) throw new Error('This workbench was opened without a link.');
    return this.slowLink;
  }

  /** The address of the workbench, as the browser sees it. */
  private get url(): string {
    return addressOf(this.host, this.slowLink);
  }

  private listen(page: Page): void {
    page.setDefaultTimeout(patience);
    // The browser asks before it leaves a page with unsaved work; a reload in a test means it.
    page.on('dialog', (dialog) => void dialog.accept());
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      const said = `${message.text()} ${message.location().url}`;
      if (message.type() === 'error' && !hostNoise.test(said)) this.errors.push(said);
    });
  }

  /** Starts a VS Code server of its own and opens a folder in it. */
  static async open({
    folder,
    settings = {},
    colorTheme,
    viewport = { width: 1280, height: 800 },
    extensions = [],
    language,
    env = {},
    trust = false,
    link,
  }: WorkbenchOptions): Promise<Workbench> {
    const scripts = (await import(
      pathToFileURL(path.join(root, 'scripts/testHost.mjs')).href
    )) as typeof import('../../scripts/testHost.mjs');
    await scripts.installTestHost(console.log);
    const executablePath = await scripts.findChromium(console.log);
    const host = await scripts.startTestHost({
      folder,
      settings: { ...stillSettings, ...settings },
      extensionPaths: [root, ...extensions],
      env,
      trust,
    });
    let browser: Browser | undefined;
    let slowLink: SlowLink | undefined;
    try {
      if (link !== undefined) slowLink = await SlowLink.open(host.port, link);
      browser = await chromium.launch({
        executablePath,
        // Users have scroll bars, which take room and can be dragged.
        ignoreDefaultArgs: ['--hide-scrollbars'],
        args: chromiumArguments,
      });
      const context = await browser.newContext({ viewport });
      // As the script with a language pack's texts would set it.
      if (language !== undefined) {
        await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
      }
      const page = await context.newPage();
      const workbench = new Workbench(host, browser, page, slowLink);
      await page.goto(workbench.url);
      await workbench.ready();
      if (colorTheme !== undefined) await workbench.setColorTheme(colorTheme);
      return workbench;
    } catch (error) {
      await browser?.close();
      await slowLink?.close();
      await host.stop();
      throw error;
    }
  }

  /** Where the product keeps its own files, absolute. */
  get storageFolder(): string {
    return path.join(this.host.serverDataDir, 'data/User/globalStorage/dataset-captions.dataset-captions');
  }

  /** Runs a command of the palette by its title, with or without its category. */
  async runCommand(title: string): Promise<void> {
    const end = Date.now() + patience;
    const row = this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^(.+: )?${escapeRegExp(title)}$`) }) });
    for (;;) {
      await this.page.keyboard.press('F1');
      const input = this.page.locator('.quick-input-widget input[type="text"]').first();
      // The palette lists the commands that there are when it opens; right after the start ours are not among them. And
      // the key is lost when it comes while the focus goes from one editor to the other.
      const found = await input
        .fill(`>${title}`, { timeout: 3000 })
        .then(() => row.first().waitFor({ timeout: 3000 }))
        .then(
          () => true,
          () => false,
        );
      if (found) break;
      await this.page.keyboard.press('Escape');
      // What had the focus may be gone: then no key comes anywhere.
      await this.page
        .locator('.part.titlebar')
        .click({ position: { x: 250, y: 15 }, timeout: 2000 })
        .catch(() => undefined);
      if (Date.now() > end) throw new Error(`The palette has no command "${title}".`);
    }
    await row.first().click();
  }

  /** Chooses an item of the context menu of a file or folder in the Explorer, by its whole name. */
  async explorerContextMenu(name: string, item: string | RegExp): Promise<void> {
    const entry = this.page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
    const menuItem = this.page.getByRole('menuitem', { name: item, exact: true });
    const end = Date.now() + patience;
    for (;;) {
      // The menu of the try before may come late, and lie over the entry.
      await entry.click({ button: 'right', timeout: 5000 }).catch(() => undefined);
      // A menu that opened before the extension was known lacks its items.
      const found = await menuItem.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (found) break;
      await this.page.keyboard.press('Escape');
      if (Date.now() > end) throw new Error(`The context menu of ${name} has no item "${String(item)}".`);
    }
    // A menu ignores a click that comes right after it opened, taking it for the end of the one that opened it.
    for (;;) {
      await menuItem.click({ timeout: 3000 }).catch(() => undefined);
      const closed = await menuItem.waitFor({ state: 'detached', timeout: 1000 }).then(
        () => true,
        () => false,
      );
      if (closed) return;
      if (Date.now() > end) throw new Error(`The item "${String(item)}" of the context menu of ${name} does nothing.`);
    }
  }

  /** The item of the status bar whose identifier, accessible name or text matches. */
  async statusBarItem(name: RegExp): Promise<Locator> {
    const items = this.page.locator('.statusbar-item');
    const end = Date.now() + patience;
    while (Date.now() < end) {
      for (const item of await items.all()) {
        const texts = [await attribute(item, 'id'), await attribute(item, 'aria-label'), await text(item)];
        if (texts.some((found) => name.test(found))) return item;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`The status bar has no item ${String(name)}.`);
  }

  /** The text of an item of the status bar, as {@link statusBarItem} finds it. */
  async statusBarText(name: RegExp): Promise<string> {
    return text(await this.statusBarItem(name));
  }

  /** Opens the list of notifications and waits for one in it: in this host none comes up by itself. */
  async notification(message: RegExp): Promise<Locator> {
    const center = this.page.locator('.notifications-center.visible');
    const item = center.locator('.notification-list-item').filter({ hasText: message }).first();
    const end = Date.now() + patience;
    for (;;) {
      if ((await center.count()) === 0) await this.runCommand('Notifications: Show Notifications');
      const found = await item.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (found) return item;
      if (Date.now() > end) throw new Error(`No notification says ${String(message)}.`);
    }
  }

  /** Presses a button of the modal dialog. */
  async dialogButton(name: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true }).click();
  }

  /** The document inside the webview of the visible custom editor. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('#active-frame');
  }

  /** Reloads the window, as *Developer: Reload Window* does. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    // The command stores the open editors first; the browser's own reload may come before they are stored.
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /**
   * Loads the window anew, as the browser's own button does.
   * @param meanwhile without a connection, the page comes only after it
   */
  async loadAgain(meanwhile?: () => Promise<void>): Promise<void> {
    const loading = this.page.reload().then(
      () => true,
      () => false,
    );
    await meanwhile?.();
    // What the browser shows where it found no server.
    if (!(await loading)) await this.page.goto(this.url);
    await this.ready();
  }

  /**
   * Closes the window, as somebody does who leaves with unsaved work, and opens its folder in a new one.
   * @param between done while there is no window
   */
  async reopenWindow(between?: () => Promise<void>): Promise<void> {
    const context = this.window.context();
    const closed = this.window.waitForEvent('close');
    await this.window.close({ runBeforeUnload: true });
    await closed;
    await between?.();
    this.window = await context.newPage();
    this.listen(this.window);
    await this.window.goto(this.url);
    await this.ready();
  }

  /** Closes all editors, throws away what is unsaved in them and what was notified, and goes back to the Explorer. */
  async closeEditors(): Promise<void> {
    const tabs = this.page.locator('.editor-group-container .tab');
    const discard = this.page.locator('.monaco-dialog-box').getByRole('button', { name: "Don't Save" });
    const end = Date.now() + patience;
    if ((await tabs.count()) > 0) await this.runCommand('View: Close All Editors');
    while ((await tabs.count()) > 0) {
      await discard.click({ timeout: 200 }).catch(() => undefined);
      if (Date.now() > end) throw new Error('The editors do not close.');
    }
    await this.runCommand('Notifications: Clear All Notifications');
    await this.runCommand('View: Show Explorer');
    // A job that is through stays for some seconds: the next test would take it for its own.
    const job = this.page.locator('.statusbar-item').filter({ hasText: /\d%\)/ });
    await job.waitFor({ state: 'detached' });
  }

  /** Gives a file or folder another name, as somebody does in the Explorer. */
  async renameInExplorer(name: string, newName: string): Promise<void> {
    const explorer = this.page.locator('.explorer-folders-view');
    await this.explorerContextMenu(name, /^Rename/);
    const input = explorer.locator('.monaco-inputbox input');
    // A list that is drawn anew at that moment takes the field away.
    for (let tries = 0; tries < 3 && !(await appears(input)); tries++) {
      await explorer.getByRole('treeitem', { name, exact: true }).click();
      await this.page.keyboard.press('F2');
    }
    await input.fill(newName);
    await input.press('Enter');
    await explorer.getByRole('treeitem', { name: newName, exact: true }).waitFor();
  }

  /** Closes the window: its page goes, and with it, at last, its extension host, which is not waited for. */
  async closeWindow(): Promise<void> {
    await this.page.goto('about:blank');
    for (const pid of await processesOf('type=extensionHost')) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }

  /** Opens the window that {@link closeWindow} closed. */
  async openWindow(): Promise<void> {
    await this.page.goto(this.url);
    await this.ready();
  }

  /** Changes the color theme and waits until the workbench shows it. */
  async setColorTheme(name: string): Promise<void> {
    const theme = colorThemes[name];
    if (theme === undefined)
      throw new Error(`The tests know these color themes: ${Object.keys(colorThemes).join(', ')}`);
    const shown = this.page.locator(`.monaco-workbench[class*="-themes-${theme.file}-json"]`).first();
    if ((await shown.count()) > 0) return;
    // Not through the settings file: what it says while the workbench starts, or after, is not always followed.
    const { label } = theme;
    const picker = this.page.locator('.quick-input-widget');
    const row = picker.locator('.monaco-list-row').filter({ has: this.page.getByText(label, { exact: true }) });
    const end = Date.now() + patience;
    for (;;) {
      await this.runCommand('Preferences: Color Theme');
      // The list is filled when the themes are known; what was typed before that is not always looked for again.
      const chosen = await picker
        .locator('input[type="text"]')
        .first()
        .fill(label, { timeout: 3000 })
        .then(() => row.first().click({ timeout: 5000 }))
        .then(
          () => true,
          () => false,
        );
      if (chosen) break;
      await this.page.keyboard.press('Escape');
      if (Date.now() > end) throw new Error(`The color theme "${name}" cannot be chosen.`);
    }
    await shown.waitFor();
  }

  /** Saves a picture of the window in screenshots/. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(root, 'screenshots', `${name}.png`);
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  /** What the extension host and the product in it have logged. */
  async extensionHostLog(): Promise<string> {
    const logs = path.join(this.host.serverDataDir, 'data/logs');
    const files = await readdir(logs, { recursive: true }).catch(() => []);
    const wanted = files.filter((file) => /(remoteexthost|dataset-captions.*)\.log$/.test(file)).sort();
    const texts = await Promise.all(
      wanted.map(async (file) => `--- ${file}\n${await readFile(path.join(logs, file), 'utf8')}`),
    );
    return texts.join('\n');
  }

  /** Ends the workbench after a test; of one that did not pass, it leaves a picture and prints what was logged. */
  async disposeAfter(test: TestThatRan | undefined): Promise<void> {
    if (test !== undefined && hasFailed(test)) {
      console.log(`Screenshot: ${await this.screenshot(`failed ${test.title}`)}`);
      console.log(this.errors.join('\n'));
      console.log(await this.extensionHostLog());
    }
    await this.dispose();
  }

  /** Ends the browser and the server, and removes the server's data. */
  async dispose(): Promise<void> {
    await this.browser.close();
    await this.slowLink?.close();
    await this.host.stop();
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }
}

/** Where the browser finds the workbench: at the near end of the link, if there is one. */
function addressOf(host: TestHost, link: SlowLink | undefined): string {
  if (link === undefined) return host.url();
  // The address names its server a second time, in the extension that is under development.
  const near = (text: string): string => text.replaceAll(`127.0.0.1:${host.port}`, `127.0.0.1:${link.port}`);
  const url = new URL(near(host.url()));
  for (const [name, value] of url.searchParams) url.searchParams.set(name, near(value));
  return url.href;
}

/**
 * What the VS Code server lacks or does not compile here; it says so in each window and goes on without. The last one is
 * its own limit of time for those who take part in saving a settings file (we do not): a busy machine passes it.
 */
const hostNoise =
  /vsda|update\/check|serviceWorker\.js|favicon|fetching the script|native-watchdog|authentication provider 'github'|Aborted onWillSaveTextDocument-event/;

/** Without a graphics card each frame of an animation costs what the tests beside it lack. */
const stillSettings = { 'workbench.reduceMotion': 'on', 'editor.cursorBlinking': 'solid' };

const chromiumArguments = [
  // Chromium's sandbox does not work for root, as whom containers run.
  '--no-sandbox',
  '--disable-gpu',
  // The workbench makes many objects while it starts: with more room for young ones that takes a tenth less.
  '--js-flags=--min-semi-space-size=32 --max-semi-space-size=64',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

async function attribute(element: Locator, name: string): Promise<string> {
  return (await element.getAttribute(name, { timeout: 1000 }).catch(() => null)) ?? '';
}

async function text(element: Locator): Promise<string> {
  return ((await element.textContent({ timeout: 1000 }).catch(() => null)) ?? '').trim();
}

function escapeRegExp(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Whether something is there within some seconds. */
async function appears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 4000 }).then(
    () => true,
    () => false,
  );
}
