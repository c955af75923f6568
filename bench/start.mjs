// How long it takes from the start of the tagger's process to the first caption, and how much memory it takes at most.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { convnextModel } from './convnext.mjs';
import { median, photos, table } from './measure.mjs';
import { setupOf, TaggerClient } from './taggerClient.mjs';

/** Images after the first one, until memory is at its highest. */
const imagesForPeak = 8;

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<{ rows: Record<string, string | number>[] }>}
 */
export async function measure({ root, seconds }) {
  const files = await photos(imagesForPeak + 1);
  const rows = [];
  for (const { model, folder } of [
    { model: 'palette', folder: path.join(root, 'dist/models/palette') },
    { model: 'ConvNeXt-Base', folder: await convnextModel() },
  ]) {
    const starts = [];
    const end = Date.now() + (seconds * 1000) / 2;
    while (starts.length < 3 || (Date.now() < end && starts.length < 15)) {
      starts.push(await start(root, folder, files));
    }
    const of = (key) => Math.round(median(starts.map((one) => one[key])));
    rows.push({
      model,
      starts: starts.length,
      'loaded after, ms': of('loaded'),
      'first caption after, ms': of('caption'),
      'peak RSS at first caption, MB': of('rssFirst'),
      'peak RSS, MB': of('rssPeak'),
    });
  }
  return { rows };
}

/** @param {{ rows: Record<string, string | number>[] }} result */
export function describe({ rows }) {
  return table(rows);
}

/** Starts a tagger and asks it for the scores of one picture, then of the others. */
async function start(root, folder, files) {
  const tagger = await TaggerClient.create(root);
  // The first request starts the process.
  const begin = performance.now();
  const setup = setupOf(folder);
  try {
    await tagger.ask('loadTagger', { setup });
    const loaded = performance.now() - begin;
    await tagger.ask('scoreImage', { imagePath: files[0], setup });
    const caption = performance.now() - begin;
    const rssFirst = tagger.peakRss();
    await Promise.all(files.slice(1).map((imagePath) => tagger.ask('scoreImage', { imagePath, setup })));
    return { loaded, caption, rssFirst, rssPeak: tagger.peakRss() };
  } finally {
    tagger.end();
  }
}
