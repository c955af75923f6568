// What it takes to know who wrote what in a dataset of 100,000 captions with 1,000,000 entries of records.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { allImages, inEditor } from './inEditor.mjs';
import { largeDataset } from './largeDataset.mjs';
import { median, rounded, table } from './measure.mjs';

const captions = 100_000;
const jobs = 10;
/** A dataset is opened so often with records and without, in turns. */
const rounds = 3;

/**
 * @param {{ root: string }} options
 * @returns {Promise<object>}
 */
export async function measure({ root }) {
  const { originsRun, writeRecords } = await bundled('bench/originsRun.ts');
  const run = await originsRun({ dist: `${root}/dist`, captions, jobs });
  return { ...run, opening: await opening(root, writeRecords) };
}

/** How long the first cards and the whole index take, with records and without, in the editor. */
async function opening(root, writeRecords) {
  const folder = await largeDataset(captions);
  const records = path.join(folder, '.dataset-captions');
  const paths = readdirSync(folder).flatMap((sub) =>
    sub.startsWith('.')
      ? []
      : readdirSync(path.join(folder, sub)).flatMap((name) =>
          name.endsWith('.jpg') ? [`${sub}/${name.replace('.jpg', '.txt')}`] : [],
        ),
  );
  const times = { with: { first: [], full: [] }, without: { first: [], full: [] } };
  try {
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['without', 'with']) {
        rmSync(records, { recursive: true, force: true });
        if (kind === 'with') await writeRecords(folder, paths, jobs);
        await inEditor({ root, folder }, async ({ frame, firstMs, sinceCommand }) => {
          await allImages(frame, captions);
          times[kind].first.push(firstMs);
          times[kind].full.push(sinceCommand());
        });
      }
    }
  } finally {
    rmSync(records, { recursive: true, force: true });
  }
  return times;
}

/** @param {any} result */
export function describe(result) {
  const { opening: opened } = result;
  const { entries, bytesPerEntry, firstMs, laterMs, threadMb, searchMs, longestBlockMs, historyMs, historyMb } = result;
  return [
    table([{ captions, entries, 'bytes an entry': rounded(bytesPerEntry) }]),
    table([
      {
        'who wrote what in 48 captions': 'in the thread of a window',
        'the first, ms': firstMs,
        'later, ms': laterMs,
        'memory, MB': threadMb,
      },
      {
        'who wrote what in 48 captions': 'all entries read and kept',
        'the first, ms': historyMs,
        'later, ms': '',
        'memory, MB': historyMb,
      },
    ]),
    table(
      ['without', 'with'].map((kind) => ({
        'opened in the editor': `${kind} records`,
        'first cards, ms (median)': median(opened[kind].first),
        'each, ms': opened[kind].first.join(' '),
        'full index, ms (median)': median(opened[kind].full),
      })),
    ),
    table([{ 'search for a tagger in all captions, ms': searchMs, 'longest wait of the host, ms': longestBlockMs }]),
  ].join('\n\n');
}
