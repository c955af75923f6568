// What `bench origins` measures: the records of a dataset, read by the thread of a window and read as a whole.
import { appendFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { captionChange } from '../src/records/captionChange';
import { lineOf, RecordEncoder } from '../src/records/RecordEncoder';
import { RecordHistory } from '../src/records/RecordHistory';
import { newRecordName, recordFiles, recordFolderOf } from '../src/records/recordFolder';
import { matchCaptions } from '../src/records/lookup/matchCaptions';
import { RecordLookup } from '../src/records/lookup/RecordLookup';

const shown = 48;
const tagsInCaption = 20;
/** Each job changes so many tags of a caption. */
const changedTags = 3;
const day = 86_400_000;
/** The first job began then; the others follow a day apart. */
const begun = Date.UTC(2026, 0, 1);

interface Captions {
  paths: string[];
  texts: string[];
}

/** @returns what it took, in milliseconds and MB */
export async function originsRun({
  dist,
  captions,
  jobs,
}: {
  dist: string;
  captions: number;
  jobs: number;
}): Promise<object> {
  const root = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-'));
  try {
    const paths = Array.from({ length: captions }, (_, index) => `10_concept/${String(index).padStart(8, '0')}.txt`);
    const all = await writeRecords(root, paths, jobs);
    const bytes = (await recordFiles(root)).reduce((sum, file) => sum + statSync(file).size, 0);
    const entries = captions * jobs;
    return {
      entries,
      bytesPerEntry: bytes / entries,
      ...(await byThread(root, dist, all)),
      ...(await byHistory(root, all)),
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function byThread(root: string, dist: string, { paths, texts }: Captions): Promise<object> {
  const lookup = new RecordLookup(root, path.join(dist, 'lookupWorker.js'));
  const question = (index: number) => ({ caption: paths[index] ?? '', text: texts[index] ?? '' });
  const some = (from: number) => Array.from({ length: shown }, (_, index) => question(from + index * 7));
  const before = memory();
  const firstMs = await timed(() => lookup.originsOf(some(0)));
  const laterMs = await timed(() => lookup.originsOf(some(paths.length >> 1)));
  const threadMb = memory() - before;
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const searchMs = await timed(() =>
    matchCaptions((...asked) => lookup.matches(...asked), [...paths.keys()], question, [
      { field: 'origin', pattern: 'tagger 3*' },
    ]),
  );
  delays.disable();
  lookup.dispose();
  return { firstMs, laterMs, threadMb, searchMs, longestBlockMs: Math.round(delays.max / 1e6) };
}

async function byHistory(root: string, { paths, texts }: Captions): Promise<object> {
  const before = memory();
  let history: RecordHistory | undefined;
  const historyMs = await timed(async () => {
    history = await RecordHistory.read(root);
    for (let index = 0; index < shown; index++) history.originsOf(paths[index] ?? '', texts[index] ?? '');
  });
  const historyMb = memory() - before;
  return { historyMs, historyMb, known: history?.entriesOf(paths[0] ?? '').length };
}

/** A record file for each job, as jobs write them. @param paths of captions, relative to the root */
export async function writeRecords(root: string, paths: string[], jobs: number): Promise<Captions> {
  await mkdir(recordFolderOf(root), { recursive: true });
  const texts = paths.map(() => '');
  for (let job = 0; job < jobs; job++) {
    const start = begun + job * day;
    const name = newRecordName(new Date(start));
    const encoder = new RecordEncoder(path.basename(name, '.jsonl'), start, '1');
    const author = { by: 'tagger', name: `tagger ${job}`, job: `job-${job}` } as const;
    let piece = encoder.head();
    const file = path.join(recordFolderOf(root), name);
    for (const [index, caption] of paths.entries()) {
      const before = texts[index] ?? '';
      const tags = tagsOf(index, job);
      const after = tags.join(', ');
      const change = captionChange(before, after, new Map(tags.map((tag, at) => [tag, 0.98 - at / 50])));
      const { text, number } = encoder.entry({ kind: 'written', caption, author, when: start + index * 20, ...change });
      piece += text + lineOf(['d', number]);
      texts[index] = after;
      if (piece.length < 1_000_000) continue;
      appendFileSync(file, piece);
      piece = '';
    }
    appendFileSync(file, piece + lineOf(['z']));
  }
  return { paths, texts };
}

/** As in datasets: few tags are in most captions, most in few; a job finds most of what the one before it found. */
function tagsOf(index: number, job: number): string[] {
  const tag = (seed: number): string => `tag number ${Math.floor(Math.pow(((seed * 7919) % 1000) / 1000, 3) * 3000)}`;
  const tags = Array.from({ length: tagsInCaption }, (_, at) =>
    tag(tagsInCaption * index + at + (at < tagsInCaption - changedTags ? 0 : 17 * job)),
  );
  return [...new Set(tags)];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}

/** Memory of this process, in MB. */
function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}
