// Whether each key of docs/keyboard.md does the same over a slow link, with letters typed right after it:
// npm run soak -- linkTable
import { execFileSync } from 'node:child_process';
import { bundled } from './bundled.mjs';

/** One way, in milliseconds. */
const delays = [75, 150];

/**
 * @param {{ root: string }} options
 * @returns {Promise<{ markdown: string, keys: number, differing: number }>}
 */
export async function measure({ root }) {
  execFileSync(process.execPath, ['esbuild.mjs', '--tests'], { cwd: root, stdio: ['ignore', 2, 2] });
  /** @type {typeof import('../test/browser/link/keyTable')} */
  const { keyTable, markdownOf } = await bundled('test/browser/link/keyTable.ts');
  const rows = await keyTable(delays);
  const differing = rows.filter(({ far }) => Object.values(far).some((how) => how !== 'the same')).length;
  if (differing > 0) process.exitCode = 1;
  return { markdown: markdownOf(rows), keys: rows.length, differing };
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
export function describe({ markdown, keys, differing }) {
  return `${markdown}\n\n${keys} keys in their places; ${differing} of them do not the same at each delay.`;
}
