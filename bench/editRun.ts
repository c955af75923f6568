// What `bench edit` measures, as the program does it: preview, edit in the model, journal, save, undo.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { applyEdits, replayEdits } from '../src/dataset/edits/bulkEdits';
import { Dataset } from '../src/dataset/Dataset';
import { captionEditor } from '../src/dataset/edits/captionEdit';
import { EditPlan } from '../src/dataset/edits/EditPlan';
import { WriteThreads } from '../src/dataset/files/WriteThreads';
import { EditRecords } from '../src/records/edits/EditRecords';
import { RecordedWriter } from '../src/records/edits/RecordedWriter';
import { noop } from '../src/base/noop';
import { UnsavedJournal } from '../src/extension/document/UnsavedJournal';

const imagesPerFolder = 1000;

export interface EditRun {
  captions: number;
  previewMs: number;
  applyMs: number;
  journalMs: number;
  saveMs: number;
  filesPerSecond: number;
  undoMs: number;
  undoSaveMs: number;
  /** after undo every file has the bytes that it had */
  identical: boolean;
  longestBlockMs: number;
  longestBlockIn: string;
}

/**
 * Adds a tag to captions and takes it back.
 * @param count of captions, each in a file of its own
 * @param dist where the scripts of the threads are, absolute
 * @param withoutRecords as with the setting `records` off
 */
export async function editRun(count: number, dist: string, withoutRecords = false): Promise<EditRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-'));
  try {
    await makeDataset(folder, count);
    const before = await hashOfCaptions(folder);
    const threads = new WriteThreads({ workerFile: path.join(dist, 'writeWorker.js') });
    const records = new EditRecords(folder, { onFirst: noop, onProblem: fail });
    records.at = withoutRecords ? 'off' : 'dataset';
    const writer = new RecordedWriter(threads, records);
    const dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption: 'delete' }, writer);
    await dataset.load();
    const journal = new UnsavedJournal(path.join(folder, '.storage'), folder, () => [...dataset.dirtyCaptions], fail);
    dataset.onDidChange(() => {
      journal.update();
    });
    const clock = new Clock();
    const edit = captionEditor(
      { kind: 'addTags', tags: ['trigger word'], position: 'first', keepFirst: 0 },
      { separator: ', ', countOf: () => 0 },
    );
    const plan = await clock.time('preview', () => EditPlan.make(dataset.allImages, edit));
    const edits = plan.tickedChanges.map(({ caption, after }) => ({ caption, text: after }));
    const { changes } = await clock.time('apply', () => applyEdits(dataset, edits, { by: 'bulk', name: 'Add Tags' }));
    await clock.time('journal', () => journal.flush());
    const { saved } = await clock.time('save', () => dataset.save());
    if (saved !== count || changes.length !== count) throw new Error(`Only ${saved} of ${count} captions were saved.`);
    await clock.time('undo', () => replayEdits(dataset, changes, 'undo'));
    await clock.time('save of the undo', () => dataset.save());
    journal.dispose();
    await records.close();
    const [longestBlockIn, longestBlockMs] = clock.longestBlock;
    return {
      captions: count,
      previewMs: clock.of('preview'),
      applyMs: clock.of('apply'),
      journalMs: clock.of('journal'),
      saveMs: clock.of('save'),
      filesPerSecond: (count * 1000) / clock.of('save'),
      undoMs: clock.of('undo'),
      undoSaveMs: clock.of('save of the undo'),
      identical: (await hashOfCaptions(folder)) === before,
      longestBlockMs,
      longestBlockIn,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How long each step took, and how long it kept the event loop waiting. */
class Clock {
  private readonly steps = new Map<string, { took: number; blocked: number }>();

  async time<T>(step: string, work: () => Promise<T>): Promise<T> {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    const result = await work();
    delay.disable();
    this.steps.set(step, { took: performance.now() - start, blocked: delay.max / 1e6 });
    return result;
  }

  of(step: string): number {
    return this.steps.get(step)?.took ?? NaN;
  }

  get longestBlock(): [step: string, milliseconds: number] {
    let longest: [string, number] = ['', 0];
    for (const [step, { blocked }] of this.steps) if (blocked > longest[1]) longest = [step, blocked];
    return longest;
  }
}

/** Captions of some 300 characters with byte order marks, CRLF and missing final line ends among them. */
export async function makeDataset(folder: string, count: number): Promise<void> {
  const ends = ['', '\n', '\r\n'];
  for (let first = 0; first < count; first += imagesPerFolder) {
    const inside = path.join(folder, `set ${first / imagesPerFolder}`);
    await mkdir(inside);
    const numbers = Array.from({ length: Math.min(imagesPerFolder, count - first) }, (_, index) => first + index);
    await Promise.all(
      numbers.flatMap((n) => {
        const tags = Array.from({ length: 25 }, (_, index) => `tag ${(n * 7 + index * 13) % 3000}`).join(', ');
        const text = (n % 10 === 0 ? '\uFEFF' : '') + tags + (ends[n % 3] ?? '');
        return [writeFile(path.join(inside, `${n}.png`), ''), writeFile(path.join(inside, `${n}.txt`), text)];
      }),
    );
  }
}

/** Of the names and bytes of all caption files below a folder. */
export async function hashOfCaptions(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    if (!name.endsWith('.txt')) continue;
    hash.update(`${name}\0`).update(await readFile(path.join(folder, name)));
  }
  return hash.digest('hex');
}

function fail(error: unknown): never {
  throw error;
}
