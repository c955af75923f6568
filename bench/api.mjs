// What the calls of the API cost at 100,000 images: how long they take, and for how long they keep the extension host busy.
import { inWindow } from './inEditor.mjs';
import { largeDataset } from './largeDataset.mjs';

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
  // One line for each call: there are more of them than fit side by side.
  const head = ['call', 'ms', 'longest block of the event loop, ms', 'longest garbage collection, ms'];
  const lines = calls.map(({ call, dataset, ms, longestBlockMs, longestCollectionMs }) =>
    [`${call}, ${dataset}`, ms, longestBlockMs, longestCollectionMs].map(String),
  );
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at]?.length ?? 0)));
  return [head, ...lines]
    .map((line) => line.map((text, at) => (at === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[at] ?? 0))))
    .map((line) => line.join('  '))
    .join('\n');
}
