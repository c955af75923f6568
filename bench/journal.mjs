// What the journal of a job costs, and an event of progress over the socket to a window.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { photos, rounded, table, withDataset } from './measure.mjs';

const images = 10_000;
/** Turn by turn, so that a machine that gets slower does so for both. */
const turns = 5;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ images: number, withMs: number, withoutMs: number, costPercent: number, socketMs: number }>}
 */
export async function measure({ root }) {
  const { JobBench, socketRun } = await bundled('bench/journalRun.ts');
  const bench = new JobBench(path.join(root, 'dist'));
  const spent = { with: 0, without: 0 };
  try {
    await withDataset(await photos(24), images / turns, async (folder) => {
      await bench.run(folder, true);
      for (let turn = 0; turn < turns * 2; turn++) {
        await removeCaptions(folder);
        // Each goes first as often as the other.
        const journaled = [true, false, false, true][turn % 4];
        spent[journaled ? 'with' : 'without'] += await bench.run(folder, journaled);
      }
    });
    return {
      images,
      withMs: rounded(spent.with),
      withoutMs: rounded(spent.without),
      costPercent: rounded(100 * (spent.with / spent.without - 1)),
      socketMs: Math.round((await socketRun(5000)) * 1000) / 1000,
    };
  } finally {
    bench.tagger.dispose();
  }
}

/** @param {any} result */
export function describe({ images: count, withMs, withoutMs, costPercent, socketMs }) {
  return table([
    {
      images: count,
      'with the journal, ms': withMs,
      'without, ms': withoutMs,
      'the journal costs, %': costPercent,
      'an event over the socket, ms': socketMs,
    },
  ]);
}

/** @param {string} folder */
async function removeCaptions(folder) {
  for (const name of await readdir(folder)) if (name.endsWith('.txt')) await rm(path.join(folder, name));
}
