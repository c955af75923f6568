import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { contentPolicy } from '../../src/extension/editor/gridPage';
import type { FakeHost } from './fakeHost';

const root = process.cwd();
const nonce = 'abcdefgh12345678';

/** What VS Code puts into a webview before its own scripts run, and a list of what its policy refused. */
const preload = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.sourceFile + ':' + e.lineNumber));
  // VS Code hears of the key that selects all, and has the page do that a moment later.
  window.addEventListener('keydown', (event) => {
    if (event.key === 'a' && event.ctrlKey) setTimeout(() => document.execCommand('selectAll'), 80);
  });
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => { void window.toHost(message); },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
    setState: (state) => { sessionStorage.setItem('state', JSON.stringify(state)); },
  });
`;

/** How a page is opened. */
export interface PageOptions {
  theme?: 'dark' | 'light' | 'high-contrast';
  width?: number;
  height?: number;
  /** pixels of the screen for each CSS pixel */
  deviceScaleFactor?: number;
  touch?: boolean;
}

/** A browser and a small server that play a VS Code webview with the real bundle and the real policy. */
export class GridBrowser {
  /** image requests that are being answered now, and the most there have been at once */
  imagesOpen = 0;
  mostImagesOpen = 0;
  imageDelay = 0;
  /** errors that nobody in a page caught */
  readonly errors: string[] = [];
  /** how often each image address was asked for */
  readonly imageRequests = new Map<string, number>();
  /** image addresses that fail, with the number of times they still will */
  readonly failing = new Map<string, number>();

  private server: Server | undefined;
  private browser: Browser | undefined;
  private contexts: BrowserContext[] = [];
  private pictures: Buffer[] = [];

  /** Starts the server and the browser. */
  async start(): Promise<void> {
    this.pictures = await Promise.all(scenes.map((scene) => sharp(Buffer.from(scene)).png().toBuffer()));
    this.server = createServer((request, response) => {
      void this.answer(new URL(request.url ?? '/', 'http://127.0.0.1')).then(({ type, body, status }) => {
        response.writeHead(status, {
          'content-type': type,
          'cache-control': 'no-cache',
          ...(type === 'text/html' ? { 'content-security-policy': policy } : {}),
        });
        response.end(body);
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // Users have scroll bars, which take room and can be dragged.
      ignoreDefaultArgs: ['--hide-scrollbars'],
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  }

  /** Ends both. */
  async stop(): Promise<void> {
    await this.browser?.close();
    this.server?.close();
  }

  /** Opens the editor for a host. */
  async open(
    host: FakeHost,
    { theme = 'dark', width = 1280, height = 800, deviceScaleFactor = 1, touch = false }: PageOptions = {},
  ): Promise<Page> {
    if (this.browser === undefined || this.server === undefined) throw new Error('Not started');
    const context = await this.browser.newContext({ viewport: { width, height }, deviceScaleFactor, hasTouch: touch });
    this.contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.errors.push(error.message));
    let listener: ((message: unknown) => void) | undefined;
    await page.exposeFunction('toHost', (message: unknown) => listener?.(message));
    await page.addInitScript(preload);
    host.attach({
      post: (message) => {
        page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`).catch(() => undefined);
      },
      listen: (next) => {
        listener = next;
        return () => {
          listener = undefined;
        };
      },
    });
    await page.goto(`${this.address}?theme=${theme}`);
    return page;
  }

  /**
   * Opens a page in which a script plays the host of the editor: it runs before the page's own, each time that the page
   * goes to {@link address}.
   */
  async openWith(script: string, viewport: { width: number; height: number }): Promise<Page> {
    if (this.browser === undefined) throw new Error('Not started');
    const context = await this.browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
    this.contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.errors.push(error.message));
    await page.addInitScript('window.violations = [];');
    await page.addInitScript(script);
    return page;
  }

  /** The address of the editor. */
  get address(): string {
    if (this.server === undefined) throw new Error('Not started');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** What the policy of the open pages refused. */
  async violations(): Promise<unknown[]> {
    const pages = this.contexts.flatMap((context) => context.pages());
    return (await Promise.all(pages.map((page) => page.evaluate<unknown[]>('window.violations')))).flat();
  }

  /** Closes all pages. */
  async closePages(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }

  private async answer(url: URL): Promise<{ type: string; body: string | Buffer; status: number }> {
    if (url.pathname === '/')
      return { type: 'text/html', body: html(url.searchParams.get('theme') ?? ''), status: 200 };
    if (url.pathname === '/webview.js') {
      return { type: 'text/javascript', body: await readFile(path.join(root, 'dist/webview.js')), status: 200 };
    }
    if (url.pathname.endsWith('.css')) {
      const file = path.join(root, 'test/fixtures/webview', path.basename(url.pathname));
      return { type: 'text/css', body: await readFile(file), status: 200 };
    }
    if (/^\/(?:thumbnail|preview)\//.test(url.pathname)) return this.image(url.pathname);
    return { type: 'text/plain', body: '', status: 404 };
  }

  private async image(name: string): Promise<{ type: string; body: string | Buffer; status: number }> {
    this.imagesOpen++;
    this.mostImagesOpen = Math.max(this.mostImagesOpen, this.imagesOpen);
    this.imageRequests.set(name, (this.imageRequests.get(name) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, this.imageDelay));
    this.imagesOpen--;
    const failures = this.failing.get(name) ?? 0;
    if (failures > 0) {
      this.failing.set(name, failures - 1);
      return { type: 'text/plain', body: '', status: 404 };
    }
    const picture = this.pictures[Number.parseInt(path.basename(name), 10) % this.pictures.length];
    const body = name.startsWith('/preview/') && picture !== undefined ? await preview(picture, name) : picture;
    return { type: 'image/png', body: body ?? '', status: 200 };
  }
}

/** A picture enlarged as a preview's name says: `<picture>_<longer side>[_<left>_<top>_<width>_<height> in per mille].png`. */
async function preview(picture: Buffer, name: string): Promise<Buffer> {
  const [, size = 300, ...part] = path.basename(name, '.png').split('_').map(Number);
  const enlarged = sharp(picture).resize({ width: size, height: size, fit: 'inside', kernel: 'cubic' });
  const [left, top, width, height] = part;
  if (left === undefined || top === undefined || width === undefined || height === undefined) {
    return enlarged.png({ compressionLevel: 1 }).toBuffer();
  }
  const { data, info } = await enlarged.raw().toBuffer({ resolveWithObject: true });
  const region = {
    left: Math.floor((left * info.width) / 1000),
    top: Math.floor((top * info.height) / 1000),
    width: Math.max(1, Math.floor((width * info.width) / 1000)),
    height: Math.max(1, Math.floor((height * info.height) / 1000)),
  };
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return sharp(data, { raw })
    .extract(region)
    .resize({ width: size, fit: 'inside' })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

const policy = contentPolicy("'self'", nonce);

function html(theme: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/${theme}.css"></head>
<body class="vscode-${theme}" data-vscode-theme-kind="vscode-${theme}"><dataset-editor role="main"></dataset-editor>
<script nonce="${nonce}" src="/webview.js"></script></body></html>`;
}

/** A few pictures of different shapes. */
const scenes = [
  svg(320, 240, '#31507a', '#d78e6a', '<circle cx="230" cy="80" r="34" fill="#f4d58d"/>'),
  svg(240, 320, '#8d6a9f', '#2b2d42', '<circle cx="110" cy="120" r="52" fill="#f4d58d"/>'),
  svg(320, 180, '#204d3f', '#8fb996', '<path d="M0 180 90 60l60 70 50-50 120 100z" fill="#16352c"/>'),
  svg(300, 300, '#9a3b3b', '#f2c14e', '<path d="M150 40c70 50 70 130 0 220c-70-90-70-170 0-220z" fill="#7a2c2c"/>'),
  svg(320, 200, '#9fb4c7', '#e8e3d9', '<path d="M0 200 110 50l70 90 40-40 100 100z" fill="#5b6b7a"/>'),
  svg(200, 320, '#d9cbb4', '#7d6b57', '<rect x="60" y="120" width="80" height="150" fill="#4a3f35"/>'),
];

function svg(width: number, height: number, from: string, to: string, shapes: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>
<linearGradient id="g" x2=".4" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>
<rect width="100%" height="100%" fill="url(#g)"/>${shapes}</svg>`;
}
