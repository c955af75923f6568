// How long it takes from the start of the tagger's process to the first caption, and how much memory it takes at most.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { convnextModel } from './convnext.mjs';
import { median, photos, table } from './measure.mjs';

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
      starts.push(await start(path.join(root, 'dist/tagger.js'), folder, files));
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

/** Starts a tagger as the extension does and asks it for captions, one after another. */
async function start(entry, folder, files) {
  const env = { ...process.env, VIPS_BLOCK_UNTRUSTED: '1', ORT_DISABLE_TELEMETRY: '1' };
  const begin = performance.now();
  const child = fork(entry, [], { serialization: 'advanced', silent: true, env });
  let nextId = 1;
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      const listener = (message) => {
        if (message.id !== id) return;
        child.off('message', listener);
        if (message.type === 'result') resolve(message.result);
        else reject(new Error(message.error.message));
      };
      child.on('message', listener);
      child.send({ type: 'request', id, method, params });
    });
  const execution = {
    provider: 'cpu',
    batchSize: 0,
    preprocess: 'exact',
    preprocessThreads: 0,
    inferenceThreads: 0,
    idleSeconds: 0,
  };
  const setup = { models: [{ folder, thresholds: { general: 0.35, character: 0.85 } }], merge: 'mean', execution };
  try {
    await ask('loadTagger', { setup });
    const loaded = performance.now() - begin;
    await ask('scoreImage', { imagePath: files[0], setup });
    const caption = performance.now() - begin;
    const rssFirst = peakRss(child.pid);
    await Promise.all(files.slice(1).map((imagePath) => ask('scoreImage', { imagePath, setup })));
    return { loaded, caption, rssFirst, rssPeak: peakRss(child.pid) };
  } finally {
    child.kill();
  }
}

/** In MB; 0 where the system does not tell it in this way (all but Linux). */
function peakRss(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
