// What it takes to know who wrote what in a dataset of 100,000 captions with 1,000,000 entries of records.
import { bundled } from './bundled.mjs';
import { rounded, table } from './measure.mjs';

const captions = 100_000;
const jobs = 10;

/**
 * @param {{ root: string }} options
 * @returns {Promise<object>}
 */
export async function measure({ root }) {
  const { originsRun } = await bundled('bench/originsRun.ts');
  return originsRun({ dist: `${root}/dist`, captions, jobs });
}

/** @param {any} result */
export function describe(result) {
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
    table([{ 'search for a tagger in all captions, ms': searchMs, 'longest wait of the host, ms': longestBlockMs }]),
  ].join('\n\n');
}
