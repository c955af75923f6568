// What the calls of the API cost at 100,000 images: how long they take, and for how long they keep the extension host busy.
import { inWindow } from './inEditor.mjs';
import { largeDataset } from './largeDataset.mjs';
import { table } from './measure.mjs';

const images = 100_000;

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ images: number, calls: Record<string, string | number>[] }>}
 */
export async function measure({ root }) {
  const folder = await largeDataset(images);
  const calls = await inWindow({ root, folder }, ({ report }) => report('Measure the API'));
  for (const { call, error } of calls) if (error !== undefined) throw new Error(`${call}: ${error}`);
  return { images, calls };
}

/** @param {{ calls: Record<string, string | number>[] }} result */
export function describe({ calls }) {
  return table(
    calls.map(({ call, dataset, ms, longestBlockMs, longestCollectionMs }) => ({
      '': `${call}, ${dataset}`,
      ms,
      'longest block of the event loop, ms': longestBlockMs,
      'longest garbage collection, ms': longestCollectionMs,
    })),
  );
}
