// How long it takes from the command until a large dataset can be worked on, in the real editor; and how much memory.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { allImages, inEditor } from './inEditor.mjs';
import { largeDataset } from './largeDataset.mjs';
import { photos, runNode, table, withDataset } from './measure.mjs';

const images = 100_000;
const manyImages = 1_000_000;
/** What the workbench itself takes can be seen where the dataset takes next to nothing. */
const fewImages = 10;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ few: object, editor: object, python: object, index: object, largeIndex: object }>}
 */
export async function measure({ root }) {
  const folder = await largeDataset(images);
  const count = () =>
    JSON.parse(execFileSync('python3', [path.join(root, 'bench/count_tags.py'), folder], { encoding: 'utf8' }));
  // The first read fills the system's cache, for everybody.
  count();
  const python = count();
  const few = await withDataset(await photos(8), fewImages, (small) => openedIn(root, small, fewImages));
  const editor = await openedIn(root, folder, python.images);
  const index = await indexOf(folder);
  const largeIndex = await indexOf(await largeDataset(manyImages));
  for (const [name, own] of Object.entries({ images: index.images, tags: index.tags, different: index.different })) {
    if (own !== python[name]) throw new Error(`Python counted ${python[name]} ${name}, the index ${own}.`);
  }
  return {
    few,
    editor,
    python: { images: python.images, 'full index, ms': Math.round(python.seconds * 1000) },
    index,
    largeIndex,
  };
}

/** @param {any} result */
export function describe({ few, editor, python, index, largeIndex }) {
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
    row('editor', few),
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
function openedIn(root, folder, total) {
  return inEditor({ root, folder }, async ({ workbench, frame, firstMs, sinceCommand, report }) => {
    await allImages(frame, total);
    const fullMs = sinceCommand();
    const [, readMs] = /Read .* in (\d+) ms/.exec(await workbench.extensionHostLog()) ?? [];
    return { images: total, firstMs, fullMs, readMs: Number(readMs), ...(await report()) };
  });
}
