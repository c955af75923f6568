// How long it takes from the command until a large dataset can be worked on, in the real editor; and how much memory.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled } from './bundled.mjs';
import { largeDataset } from './largeDataset.mjs';
import { runNode, table } from './measure.mjs';

const images = 100_000;
const manyImages = 1_000_000;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ editor: object, python: object, index: object, largeIndex: object }>}
 */
export async function measure({ root }) {
  const folder = await largeDataset(images);
  const count = () =>
    JSON.parse(execFileSync('python3', [path.join(root, 'bench/count_tags.py'), folder], { encoding: 'utf8' }));
  // The first read fills the system's cache, for everybody.
  count();
  const python = count();
  const editor = await inEditor(root, folder, python.images);

  const index = await indexOf(folder);
  const largeIndex = await indexOf(await largeDataset(manyImages));
  for (const [name, own] of Object.entries({ images: index.images, tags: index.tags, different: index.different })) {
    if (own !== python[name]) throw new Error(`Python counted ${python[name]} ${name}, the index ${own}.`);
  }
  return {
    editor,
    python: { images: python.images, 'full index, ms': Math.round(python.seconds * 1000) },
    index,
    largeIndex,
  };
}

/** @param {any} result */
export function describe({ editor, python, index, largeIndex }) {
  const row = (what, { images: all, firstMs, fullMs, readMs, longestBlockMs, heapMB, rssMB }) => ({
    '': what,
    images: all,
    'first cards (index: images), ms': firstMs,
    'full index with tag counts, ms': fullMs,
    'of that reading and counting, ms': readMs ?? fullMs,
    'longest block of the event loop, ms': longestBlockMs,
    'heap growth, MB': heapMB,
    'RSS growth, MB': rssMB,
  });
  return table([
    row('editor', editor),
    row('Python', {
      images: python.images,
      firstMs: '',
      fullMs: python['full index, ms'],
      longestBlockMs: '',
      heapMB: '',
      rssMB: '',
    }),
    row('index alone', index),
    row('index alone', largeIndex),
  ]);
}

/** @param {string} folder */
async function indexOf(folder) {
  return JSON.parse(await runNode(['--expose-gc', 'bench/openIndex.mjs', folder]));
}

/** Opens the dataset in the workbench and looks at the page as a user does. */
async function inEditor(root, folder, total) {
  const { Workbench } = await bundled('test/browser/Workbench.ts');
  const temporary = mkdtempSync(path.join(tmpdir(), 'dataset-captions-bench-open-'));
  const report = path.join(temporary, 'report.json');
  // An empty window never gets ready: its Explorer shows no file.
  writeFileSync(path.join(temporary, 'empty.txt'), '');
  const workbench = await Workbench.open({
    folder: temporary,
    extensions: [path.join(root, 'bench/open-helper')],
    env: { DATASET_CAPTIONS_BENCH_REPORT: report, DATASET_CAPTIONS_BENCH_FOLDER: folder },
    settings: { 'files.watcherExclude': {} },
  });
  try {
    // The workbench itself is busy for a while after it started.
    await sleep(5000);
    await workbench.runCommand('Open Benchmark Dataset');
    const frame = workbench.webview();
    await frame
      .getByRole('textbox', { name: /^Caption of/ })
      .first()
      .waitFor({ timeout: 60_000 });
    const first = Date.now();
    const all = new Intl.NumberFormat('en').format(total);
    await frame
      .locator('.summary')
      .filter({ hasText: new RegExp(`^\\s*${all} images`) })
      .waitFor({ timeout: 120_000 });
    const full = Date.now();
    await workbench.runCommand('Report Benchmark');
    while (!existsSync(report)) await sleep(50);
    await sleep(100);
    const [, readMs] = /Read .* in (\d+) ms/.exec(await workbench.extensionHostLog()) ?? [];
    const begun = Number(readFileSync(`${report}.begun`, 'utf8'));
    return {
      images: total,
      firstMs: first - begun,
      fullMs: full - begun,
      readMs: Number(readMs),
      ...JSON.parse(readFileSync(report, 'utf8')),
    };
  } finally {
    await workbench.dispose();
    rmSync(temporary, { recursive: true, force: true });
  }
}
