// What `bench snapshots` measures, as the program does it: making, comparing, restoring.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { WriteThreads } from '../src/dataset/files/WriteThreads';
import { TakenBackRecords } from '../src/records/TakenBackRecords';
import { currentStates, openSnapshot } from '../src/snapshots/CaptionStates';
import { compareStates } from '../src/snapshots/compareStates';
import { restoreFiles } from '../src/snapshots/restoreFiles';
import { planRestore } from '../src/snapshots/restorePlan';
import { snapshotFolderOf } from '../src/snapshots/store/snapshotFolder';
import { usualLimits, type Snapshot } from '../src/snapshots/store/snapshotTypes';
import { takeSnapshot } from '../src/snapshots/takeSnapshot';
import { hashOfCaptions, makeDataset } from './editRun';

export interface SnapshotsRun {
  captions: number;
  firstMs: number;
  /** the median of five */
  unchangedMs: number;
  /** so many captions had changed */
  changed: number;
  changedMs: number;
  /** of the first snapshot, and of one more where few captions changed */
  firstBytes: number;
  changedBytes: number;
  compareMs: number;
  restored: number;
  restoreMs: number;
  filesPerSecond: number;
  /** after restoring every file has the bytes that it had */
  identical: boolean;
  /** while snapshots were made */
  longestBlockMs: number;
}

/** @param dist where the scripts of the threads are, absolute */
export async function snapshotsRun(captions: number, restored: number, dist: string): Promise<SnapshotsRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-'));
  const writer = new WriteThreads({ workerFile: path.join(dist, 'writeWorker.js') });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  try {
    await makeDataset(folder, captions);
    const before = await hashOfCaptions(folder);
    await rest();
    delay.enable();
    const first = await timed(() => snapshot(folder));
    const firstBytes = await bytesOf(folder);
    const unchanged: number[] = [];
    for (let turn = 0; turn < 5; turn++) unchanged.push((await timed(() => snapshot(folder))).took);
    delay.disable();
    const changed = Math.min(1000, captions);
    await changeCaptions(folder, changed, captions);
    const bytesBefore = await bytesOf(folder);
    const later = await timed(() => snapshot(folder));
    const changedBytes = (await bytesOf(folder)) - bytesBefore;
    await changeCaptions(folder, restored, captions);
    await rest();
    const compare = await timed(async () =>
      compareStates(await openSnapshot(folder, first.value, folder), await currentStates(folder, folder, '.txt')),
    );
    if (compare.value.changed !== restored)
      throw new Error(`${compare.value.changed} captions differ, not ${restored}.`);
    const restore = await timed(async () => {
      const now = await openSnapshot(folder, await snapshot(folder), folder);
      const states = await openSnapshot(folder, first.value, folder);
      return restoreFiles(planRestore(states, now, '.txt'), {
        folder,
        snapshot: states,
        now,
        writer,
        records: await TakenBackRecords.of(folder, { by: 'bulk' }, 'off'),
        signal: new AbortController().signal,
      });
    });
    if (restore.value.restored.length !== restored) throw new Error(`Not all of ${restored} captions were restored.`);
    return {
      captions,
      firstMs: first.took,
      unchangedMs: unchanged.sort((a, b) => a - b)[2] ?? NaN,
      changed,
      changedMs: later.took,
      firstBytes,
      changedBytes,
      compareMs: compare.took,
      restored,
      restoreMs: restore.took,
      filesPerSecond: (restored * 1000) / restore.took,
      identical: (await hashOfCaptions(folder)) === before,
      longestBlockMs: delay.max / 1e6,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function snapshot(folder: string): Promise<Snapshot> {
  const limits = usualLimits;
  return takeSnapshot({ root: folder, folder, captionExtension: '.txt', cause: 'hand', limits });
}

/** Writes other captions, of all parts of the dataset. */
async function changeCaptions(folder: string, count: number, captions: number): Promise<void> {
  const step = captions / count;
  for (let index = 0; index < count; index++) {
    const number = Math.floor(index * step);
    const file = path.join(folder, `set ${Math.floor(number / 1000)}`, `${number}.txt`);
    await writeFile(file, `other text ${number}, changed`);
  }
}

/** What was written just now may be written again without another time, so it would be looked at one by one. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3000));
}

/** Of the folder of the snapshots. */
async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(snapshotFolderOf(folder))) {
    bytes += (await stat(path.join(snapshotFolderOf(folder), name))).size;
  }
  return bytes;
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; took: number }> {
  const start = performance.now();
  const value = await work();
  return { value, took: performance.now() - start };
}
