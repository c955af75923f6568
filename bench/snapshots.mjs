// How long snapshots of all captions take, how much room, and how fast they are restored.
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { rounded, table } from './measure.mjs';

/** Captions of a dataset, and how many of them are restored. */
const sizes = [
  [10_000, 10_000],
  [100_000, 20_000],
];

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ runs: import('./snapshotsRun').SnapshotsRun[] }>}
 */
export async function measure({ root }) {
  const { snapshotsRun } = await bundled('bench/snapshotsRun.ts');
  const runs = [];
  for (const [captions, restored] of sizes) {
    const run = await snapshotsRun(captions, restored, path.join(root, 'dist'));
    runs.push(
      Object.fromEntries(
        Object.entries(run).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]),
      ),
    );
  }
  return { runs };
}

/** @param {{ runs: import('./snapshotsRun').SnapshotsRun[] }} result */
export function describe({ runs }) {
  return table(
    runs.map((run) => ({
      captions: run.captions,
      'first snapshot, ms': run.firstMs,
      'unchanged, median of 5, ms': run.unchangedMs,
      'with 1,000 changed, ms': run.changedMs,
      'first snapshot, MB': Math.round(run.firstBytes / 1e5) / 10,
      '1,000 changed add, MB': Math.round(run.changedBytes / 1e4) / 100,
      'compared, ms': run.compareMs,
      'captions restored': run.restored,
      'with the snapshot of before, ms': run.restoreMs,
      'restored, files/s': run.filesPerSecond,
      'files as before': run.identical ? 'all' : 'NOT ALL',
      'longest block of the loop, ms': run.longestBlockMs,
    })),
  );
}
