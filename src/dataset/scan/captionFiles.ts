import { realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { pathBelow } from '../files/datasetPath';

/**
 * The identity of a caption's file, the same for all its names: its real path, relative to the dataset if it is in
 * there, else absolute. Equal texts in a hub's cache, in DVC and git-annex are links to one file.
 * @param absolute path of the caption
 * @param root the real path of the dataset
 * @param isReal whether `absolute` is a real path already
 * @returns undefined if it cannot be found out, as for a link that leads nowhere
 */
export function identityOf(absolute: string, root: string, isReal = false): string | undefined {
  try {
    return shortened(isReal ? absolute : decoded(realpathSync.native(absolute, 'buffer')), root);
  } catch {
    return undefined;
  }
}

/**
 * {@link identityOf} the file of a caption if it has, or had, another one than its path says; for single captions that
 * may have become links, or are no links any more.
 * @param known what its identity was; undefined for an ordinary file
 * @returns undefined for an ordinary file
 */
export async function identityNow(
  absolute: string,
  folder: string,
  known: string | undefined,
): Promise<string | undefined> {
  try {
    const isLink = (await lstat(absolute)).isSymbolicLink();
    if (!isLink && known === undefined) return undefined;
    return shortened(decoded(await realpath(absolute, 'buffer')), await realpath(folder));
  } catch {
    return undefined;
  }
}

function shortened(real: string, root: string): string {
  return pathBelow(root, real) ?? real;
}

/** A path whose bytes are not UTF-8 is decoded byte by byte, so that no two paths become the same. */
function decoded(bytes: Buffer): string {
  const text = bytes.toString();
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}
