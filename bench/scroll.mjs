// How smoothly a large grid scrolls in the real editor, how soon thumbnails are there, and how much the page holds.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled } from './bundled.mjs';
import { benchFolder } from './images.mjs';
import { allImages, inEditor } from './inEditor.mjs';
import { largeDataset } from './largeDataset.mjs';
import { rounded, table } from './measure.mjs';

const scrolled = 10_000;
const large = 100_000;
const huge = 1_000_000;
/** A large screen: more cards to draw. */
const viewport = { width: 1920, height: 1200 };
const pressesPerSecond = 10;
/** Presses before the measured ones: code gets compiled. */
const warmUp = 20;
const presses = 100;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ scrolling: object, ends: object[] }>}
 */
export async function measure({ root }) {
  return {
    scrolling: await scrolling(root, await largeDataset(scrolled)),
    ends: [await ends(root, await largeDataset(large)), await endsOfPage(large), await endsOfPage(huge)],
  };
}

/** @param {{ scrolling: any, ends: any[] }} result */
export function describe({ scrolling, ends }) {
  return `${table([scrolling])}\n\n${table(ends)}`;
}

function scrolling(root, folder) {
  const settings = { 'datasetCaptions.cacheDirectory': benchFolder('scroll-thumbnails-1') };
  return inEditor({ root, folder, settings, viewport }, async (editor) => {
    const { workbench } = editor;
    await allImages(editor.frame, scrolled);
    // Once slowly, so that all thumbnails are in the cache; then a new page, which remembers none of them.
    await focusFirst(editor.frame);
    for (let press = 0; press < warmUp + presses + 1; press++) {
      await page(editor.frame, waitForPictures, 20_000);
      await workbench.page.keyboard.press('PageDown');
    }
    await workbench.reload();
    const frame = workbench.webview();
    await allImages(frame, scrolled);
    await page(frame, goTo, 0);
    await focusFirst(frame);
    await page(frame, watch);
    const press = async (count) => {
      const begun = Date.now();
      for (let pressed = 0; pressed < count; pressed++) {
        await workbench.page.keyboard.press('PageDown');
        await sleep(Math.max(0, begun + ((pressed + 1) * 1000) / pressesPerSecond - Date.now()));
      }
      return (count * 1000) / (Date.now() - begun);
    };
    await press(warmUp);
    await page(frame, forgetFrames);
    const rate = await press(presses);
    const seen = await page(frame, seenFrames);
    const picturesMs = await page(frame, waitForPictures, 20_000);
    return {
      images: scrolled,
      'presses/s': rounded(rate),
      ...seen,
      'pictures in view after stopping, ms': Math.round(picturesMs),
      ...(await memory(workbench.page)),
    };
  });
}

function ends(root, folder) {
  return inEditor({ root, folder, viewport }, async ({ workbench, frame }) => {
    await allImages(frame, large);
    await focusFirst(frame);
    await page(frame, watch);
    return {
      images: large,
      in: 'workbench',
      ...(await reachEnds(workbench.page, frame)),
      ...(await memory(workbench.page)),
    };
  });
}

/** The page alone: all of its process is the webview's own. */
async function endsOfPage(images) {
  const { GridBrowser } = await bundled('test/browser/GridPage.ts');
  const { HugeFakeHost } = await bundled('test/browser/fakeHost.ts');
  const browser = new GridBrowser();
  await browser.start();
  try {
    const opened = await browser.open(new HugeFakeHost(images));
    await focusFirst(opened);
    await page(opened, watch);
    return { images, in: 'page alone', ...(await reachEnds(opened, opened)), ...(await memory(opened)) };
  } finally {
    await browser.stop();
  }
}

/** Goes to the last image with the End key, and by dragging the scroll bar. */
async function reachEnds(opened, frame) {
  const end = async (go) => {
    const begun = Date.now();
    await go();
    await page(frame, waitForLast, 20_000);
    return Date.now() - begun;
  };
  const byKey = await end(() => opened.keyboard.press('Control+End'));
  await opened.keyboard.press('Control+Home');
  await sleep(500);
  const grid = await frame.locator('image-grid').boundingBox();
  const x = grid.x + grid.width - 5;
  const byBar = await end(async () => {
    // Below the arrow that the bar has outside VS Code.
    await opened.mouse.move(x, grid.y + 18);
    await opened.mouse.down();
    await opened.mouse.move(x, grid.y + grid.height / 2, { steps: 10 });
    await opened.mouse.move(x, grid.y + grid.height + 20, { steps: 10 });
    await opened.mouse.up();
  });
  const { 'cards in the page, most': cards } = await page(frame, seenFrames);
  return { 'last image by End, ms': byKey, 'by the scroll bar, ms': byBar, 'cards in the page, most': cards };
}

/** Puts the keyboard focus on the first card. */
async function focusFirst(frame) {
  await frame.locator('image-card[data-index="0"]').waitFor({ timeout: 60_000 });
  await frame.locator('image-card[data-index="0"]').focus();
}

/** Calls a function in the page that the cards are in. */
function page(frame, work, value) {
  return frame.locator('image-grid').evaluate(work, value, { timeout: 60_000 });
}

/** What the page holds: JavaScript's heap after a collection, and the memory of the largest renderer process. */
async function memory(opened) {
  const counts = await Promise.all(opened.frames().map((frame) => frame.locator('dataset-editor').count()));
  const grid = opened.frames()[counts.indexOf(1)];
  let heapOf = 'the webview';
  // A frame of another site has a process and a session of its own.
  const session = await opened
    .context()
    .newCDPSession(grid)
    .catch(() => {
      heapOf = grid === opened.mainFrame() ? 'the page' : 'webview and workbench';
      return opened.context().newCDPSession(opened);
    });
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
  const { processInfo } = await (
    await opened.context().browser().newBrowserCDPSession()
  ).send('SystemInfo.getProcessInfo');
  const largest = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => memoryMB(id))
    .sort((a, b) => b.rss - a.rss)[0];
  return {
    'heap, MB': rounded(heap / 2 ** 20),
    'heap of': heapOf,
    'DOM nodes': metrics.find(({ name }) => name === 'Nodes').value,
    'largest renderer, MB RSS': Math.round(largest.rss),
    // What it shares with the other processes of the browser, its code above all, is divided among them.
    'of that its own (PSS), MB': Math.round(largest.pss),
  };
}

function memoryMB(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const of = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
    return { rss: of('Rss'), pss: of('Pss') };
  } catch {
    return { rss: 0, pss: 0 };
  }
}

// These run in the page: they may use nothing of this file.

/* global window, performance, requestAnimationFrame, HTMLImageElement, Element */

function watch(grid) {
  const seen = { frames: [], cards: 0, open: 0, most: 0 };
  window.benchSeen = seen;
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    seen.frames.push(now - last);
    last = now;
    if (seen.frames.length % 5 === 0) {
      seen.cards = Math.max(seen.cards, grid.shadowRoot.querySelectorAll('image-card').length);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const pending = new Set();
  const done = ({ currentTarget }) => {
    if (pending.delete(currentTarget)) seen.open--;
  };
  const { set, ...source } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
  Object.defineProperty(HTMLImageElement.prototype, 'src', {
    ...source,
    set(uri) {
      if (!pending.has(this)) seen.most = Math.max(seen.most, ++seen.open);
      pending.add(this);
      this.addEventListener('load', done, { once: true, capture: true });
      this.addEventListener('error', done, { once: true, capture: true });
      set.call(this, uri);
    },
  });
  const remove = Element.prototype.removeAttribute;
  Element.prototype.removeAttribute = function (name) {
    if (name === 'src') done({ currentTarget: this });
    remove.call(this, name);
  };
}

function forgetFrames() {
  window.benchSeen.frames.length = 0;
}

function seenFrames() {
  const { frames, cards, most } = window.benchSeen;
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (part) =>
    Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0)) / 10;
  return {
    frames: frames.length,
    'median, ms': at(0.5),
    '95 % below, ms': at(0.95),
    'longest, ms': at(1),
    'frames under 50 ms, %': Math.round((1000 * frames.filter((ms) => ms < 50).length) / frames.length) / 10,
    'image requests at once, most': most,
    'cards in the page, most': cards,
  };
}

function goTo(grid, top) {
  grid.scrollTop = top;
}

function waitForPictures(grid, patience) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const look = () => {
      const { top, bottom } = grid.getBoundingClientRect();
      const cards = [...grid.shadowRoot.querySelectorAll('image-card')].filter((card) => {
        const box = card.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
      });
      const shown = (card) => card.querySelector('.picture img') !== null || card.querySelector('.error') !== null;
      if (cards.length > 0 && cards.every(shown)) resolve(performance.now() - begun);
      else if (performance.now() - begun > patience) reject(new Error('The pictures in view do not come.'));
      else requestAnimationFrame(look);
    };
    look();
  });
}

function waitForLast(grid, patience) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const look = () => {
      const card = grid.shadowRoot.querySelector(`image-card[data-index="${grid.count - 1}"]`);
      const { bottom } = grid.getBoundingClientRect();
      const shown = card?.item !== undefined && card.getBoundingClientRect().bottom <= bottom + 1;
      if (shown) resolve(undefined);
      else if (performance.now() - begun > patience) reject(new Error('The last image is not reached.'));
      else requestAnimationFrame(look);
    };
    look();
  });
}
