// Reads a dataset in this process alone and prints what that took: node --expose-gc bench/openIndex.mjs <folder>
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { bundled } from './bundled.mjs';

const { Dataset } = await bundled('src/dataset/Dataset.ts');
const folder = process.argv[2] ?? '';
globalThis.gc();
const before = process.memoryUsage();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const start = performance.now();
const dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption: 'delete' });
let first;
dataset.onDidChange(() => {
  if (dataset.allImages.length > 0) first ??= performance.now() - start;
});
await dataset.load();
const full = performance.now() - start;
delay.disable();
globalThis.gc();
const after = process.memoryUsage();
const refreshed = performance.now();
await dataset.load({ changedOnly: true });
const megabytes = (key) => Math.round((after[key] - before[key]) / 1e5) / 10;
let tags = 0;
for (const count of dataset.tagCounts.values()) tags += count;
console.log(
  JSON.stringify({
    images: dataset.allImages.length,
    tags,
    different: dataset.tagCounts.size,
    firstMs: Math.round(first ?? full),
    fullMs: Math.round(full),
    refreshMs: Math.round(performance.now() - refreshed),
    longestBlockMs: Math.round(delay.max / 1e6),
    heapMB: megabytes('heapUsed'),
    externalMB: megabytes('external'),
    rssMB: megabytes('rss'),
  }),
);
