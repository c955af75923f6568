// How the editor is over a slow link: VS Code's server behind a proxy that delays and narrows what passes.
import { existsSync, linkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchFolder } from './images.mjs';
import { allImages, inWindow } from './inEditor.mjs';
import { interactions, timeToEffect } from './linkEffects.mjs';
import { median, photos, table } from './measure.mjs';

/** One way each, in milliseconds, and bytes a second. */
const links = [{ delay: 0 }, { delay: 75 }, { delay: 150 }, { delay: 150, bandwidth: 1_000_000 }];
const images = 3000;
const viewport = { width: 1280, height: 800 };
const firstCards = 'first cards after the tab, ms';
const frameLoaded = 'of that until VS Code had its frame for the page, ms';
const inRoundTrips = 'cards later than near, in round trips';
const frameInRoundTrips = 'frame later than near, in round trips';
/** How often each interaction is done: the middle one counts. */
const rounds = 3;
/** Nothing comes for so long, in milliseconds: the page is at rest. Longer than the pause before sharp pictures. */
const quiet = 3000;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ pictures: Record<string, string | number>[], effects: Record<string, string | number>[] }>}
 */
export async function measure({ root, links: chosen = links, onlyPictures = false }) {
  const folder = await dataset();
  const cache = benchFolder('link-thumbnails');
  // Once near, so that what is made of the images is there: the link is measured, not the decoder.
  await overLink(root, folder, cache, { delay: 0 }, true);
  const results = [];
  for (const link of chosen) results.push(await overLink(root, folder, cache, link, onlyPictures));
  const [near] = results;
  for (const [at, { pictures }] of results.entries()) {
    const { delay } = chosen[at];
    if (delay === 0 || chosen[0].delay > 0) continue;
    // What the machine itself takes is the same over any link.
    const later = (row) => ((pictures[row] - near.pictures[row]) / (2 * delay)).toFixed(1);
    pictures[inRoundTrips] = later(firstCards);
    pictures[frameInRoundTrips] = later(frameLoaded);
  }
  return { pictures: results.map(({ pictures }) => pictures), effects: results.map(({ effects }) => effects) };
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
export function describe({ pictures, effects }) {
  return `${table(pictures)}\n\nFrom the key or click to the first visible effect, ms\n${table(effects)}`;
}

/**
 * Everything over one link, in a browser of its own: nothing is in its cache.
 * @param {string} root
 * @param {string} folder the dataset
 * @param {string} cache where thumbnails are kept
 * @param {{ delay: number, bandwidth?: number }} link
 * @param {boolean} onlyPictures
 */
function overLink(root, folder, cache, link, onlyPictures) {
  const settings = { 'datasetCaptions.cacheDirectory': cache };
  // VS Code itself starts near.
  const options = { root, folder, settings, viewport, link: { delay: 0 } };
  return inWindow(options, async ({ workbench }) => {
    workbench.link.change(link);
    const name = `${link.delay} ms${link.bandwidth === undefined ? '' : `, ${link.bandwidth / 1e6} MB/s`}`;
    console.error(`Over ${name}…`);
    const seen = await pictures(workbench, path.join(cache, 'dataset-captions-thumbnails'));
    if (onlyPictures) return { pictures: { 'one way': name, ...seen }, effects: { 'one way': name } };
    /** @type {Record<string, string | number>} */
    const effects = { 'one way': name };
    for (const interaction of interactions) {
      const times = [];
      for (let round = 0; round < rounds; round++) times.push(await timeToEffect(workbench, interaction, link.delay));
      const all = times.filter((time) => time !== undefined);
      effects[interaction.name] = all.length < rounds ? `none in ${rounds - all.length}` : Math.round(median(all));
    }
    return { pictures: { 'one way': name, ...seen }, effects };
  });
}

/**
 * Opens the dataset, then goes to its middle and its end.
 * @param {any} workbench
 * @param {string} cache
 */
async function pictures(workbench, cache) {
  const frame = workbench.webview();
  const now = () => Date.now();
  const { link } = workbench;
  const tab = workbench.page.locator('.editor-group-container .tab').first().waitFor().then(now);
  const cards = frame
    .getByRole('textbox', { name: /^Caption of/ })
    .first()
    .waitFor({ timeout: 60_000 })
    .then(now);
  const first = frame.locator('image-card .picture img').first().waitFor({ timeout: 60_000 }).then(now);
  await workbench.runCommand('Open Benchmark Dataset');
  const [tabAt, cardsAt, firstAt] = await Promise.all([tab, cards, first]);
  const screenAt = await inPage(frame, shown, 'pictures');
  const frameAt = await inPage(frame, frameCame);
  await rest(link);
  await allImages(frame, images);
  const screen = await bytes(frame, cache, 0);
  const received = link.received;
  const middle = await jump(frame, 0.5);
  await rest(link);
  const there = await bytes(frame, cache, link.received - received);
  const before = link.received;
  const ending = await jump(frame, 1, 1000);
  await rest(link);
  const end = await bytes(frame, cache, link.received - before);
  const flown = link.received;
  const wheel = await wheelScreens(workbench, frame);
  await rest(link);
  const passed = await bytes(frame, cache, link.received - flown);
  await jump(frame, 0);
  return {
    [firstCards]: cardsAt - tabAt,
    [frameLoaded]: frameAt - tabAt,
    [inRoundTrips]: '–',
    [frameInRoundTrips]: '–',
    'first picture after the cards, ms': firstAt - cardsAt,
    'all pictures in view, ms': screenAt - cardsAt,
    'their bytes, kB': kilobytes(screen.seen),
    'pictures loaded until rest, kB': kilobytes(screen.pictures),
    'to the middle: cards, ms': middle.cards,
    'to the middle: pictures, ms': middle.pictures,
    'their bytes there, kB': kilobytes(there.seen),
    'pictures loaded there, kB': kilobytes(there.pictures),
    'all that came, kB': kilobytes(there.all),
    'to the end in 1 s: cards, ms': ending.cards,
    'to the end in 1 s: pictures, ms': ending.pictures,
    'pictures loaded on the way, kB': kilobytes(end.pictures),
    '12 screens in 2 s: pictures, ms': wheel,
    'pictures loaded past, kB': kilobytes(passed.pictures),
  };
}

/** Scrolls to a part of the whole, at once or in some time; from there on, when cards and pictures are in view. */
async function jump(frame, part, takes = 0) {
  await inPage(frame, forgetLoads);
  await inPage(frame, scrollTo, { part, takes });
  const begun = Date.now();
  const cards = await inPage(frame, shown, 'cards');
  const pictures = await inPage(frame, shown, 'pictures');
  return { cards: Math.max(0, cards - begun), pictures: Math.max(0, pictures - begun) };
}

/** Turns the wheel quickly: what is passed is seen by nobody. */
async function wheelScreens(workbench, frame) {
  await inPage(frame, forgetLoads);
  const box = await frame.locator('image-grid').boundingBox();
  await workbench.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const begun = Date.now();
  for (let step = 0; step < 48; step++) {
    await workbench.page.mouse.wheel(0, -box.height / 4);
    await sleep(Math.max(0, begun + ((step + 1) * 2000) / 48 - Date.now()));
  }
  const ended = Date.now();
  return Math.max(0, (await inPage(frame, shown, 'pictures')) - ended);
}

/** What the pictures in view have, what all that the page loaded have, and what came over the link. */
async function bytes(frame, cache, all) {
  const { seen, loaded } = await inPage(frame, pictureAddresses);
  const size = (addresses) => addresses.reduce((sum, address) => sum + fileSize(cache, address), 0);
  return { seen: size(seen), pictures: size(loaded), all };
}

function fileSize(cache, address) {
  const key = /([0-9a-f]{64})\.webp/.exec(address)?.[1];
  if (key === undefined) return 0;
  return statSync(path.join(cache, key.slice(0, 1), key.slice(1, 3), `${key}.webp`)).size;
}

function kilobytes(count) {
  return Math.round(count / 1000);
}

/** Waits until nothing comes any more: the workbench's own chatter does not count. */
async function rest(link) {
  const end = Date.now() + 30_000;
  for (;;) {
    const before = link.received;
    await sleep(quiet);
    if (link.received - before < 5000 || Date.now() > end) return;
  }
}

/** Photos under many names, each with a caption, which earlier runs may have edited. */
async function dataset() {
  const folder = benchFolder('link-dataset-1');
  const files = await photos(8);
  for (let index = 0; index < images; index++) {
    const name = path.join(folder, `image_${String(index).padStart(4, '0')}`);
    if (!existsSync(`${name}.jpg`)) linkSync(files[index % files.length], `${name}.jpg`);
    writeFileSync(`${name}.txt`, `tag ${index}, ${index % 10 === 0 ? 'umbrella' : 'street'}, long hair, outdoors`);
  }
  return folder;
}

/** Calls a function in the page that the cards are in. */
function inPage(frame, work, value) {
  return frame.locator('image-grid').evaluate(work, value, { timeout: 60_000 });
}

// These run in the page: they may use nothing of this file.

/* global performance, requestAnimationFrame */

/** When the empty frame had come into which VS Code writes the page. */
function frameCame() {
  const [{ responseEnd }] = performance.getEntriesByType('navigation');
  return Math.round(performance.timeOrigin + responseEnd);
}

function forgetLoads() {
  performance.clearResourceTimings();
}

function scrollTo(grid, { part, takes }) {
  const [from, to] = [grid.scrollTop, part * (grid.scrollHeight - grid.clientHeight)];
  const begun = performance.now();
  return new Promise((resolve) => {
    const step = () => {
      const done = takes === 0 ? 1 : Math.min(1, (performance.now() - begun) / takes);
      grid.scrollTop = from + done * (to - from);
      if (done < 1) requestAnimationFrame(step);
      else requestAnimationFrame(() => requestAnimationFrame(resolve));
    };
    step();
  });
}

/** When the cards in view are known, or their pictures shown. */
function shown(grid, what) {
  const isThere =
    what === 'cards' ? ({ item }) => item !== undefined : (card) => card.querySelector('.picture img') !== null;
  return new Promise((resolve) => {
    const look = () => {
      const { top, bottom } = grid.getBoundingClientRect();
      const cards = [...grid.shadowRoot.querySelectorAll('image-card')].filter((card) => {
        const box = card.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
      });
      if (cards.length > 0 && cards.every(isThere)) resolve(Date.now());
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** The addresses of the pictures in view, and of all that were asked for. */
function pictureAddresses(grid) {
  const { top, bottom } = grid.getBoundingClientRect();
  const seen = [...grid.shadowRoot.querySelectorAll('image-card')]
    .filter((card) => {
      const box = card.getBoundingClientRect();
      return box.bottom > top && box.top < bottom;
    })
    .map((card) => card.querySelector('.picture img')?.src ?? '');
  const loads = performance.getEntriesByType('resource').filter(({ initiatorType }) => initiatorType === 'img');
  return { seen, loaded: loads.map(({ name }) => name) };
}
