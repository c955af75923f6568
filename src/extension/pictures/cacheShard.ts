import { readdir, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { inSlices } from '../../base/inSlices';

/** The folders that a cache is divided into, by the first digit of the keys. */
export const cacheShards: readonly string[] = Array.from('0123456789abcdef');

/** Number of files that are read or deleted concurrently: few, since it is background work. */
const filesAtATime = 4;
/** A shard is trimmed to this fraction of its limit, so that the next picture does not trim it again. */
const filledTo = 0.9;
/** A temporary file older than this was left behind by a process that died, in milliseconds. */
const leftoverAge = 3_600_000;

const ownFile = /^([0-9a-f]{64})\.(?:webp|fail)$/;
const temporaryFile = /^\.[0-9a-f]{64}\.webp\..+\.tmp$/;

/** How much was deleted. */
export interface Removed {
  files: number;
  bytes: number;
}

interface CachedFile {
  file: string;
  key: string;
  bytes: number;
  /** when it was used last, in milliseconds since 1970 */
  used: number;
}

/**
 * If a shard takes more than `limit` bytes, deletes its least recently used files until it takes 90 % of that.
 * @param folder of the shard; a missing one counts as empty
 * @param isInUse tells keys that must not be deleted
 */
export async function trimShard(folder: string, limit: number, isInUse: (key: string) => boolean): Promise<Removed> {
  const files = await filesIn(folder);
  let total = 0;
  await inSlices(files, ({ bytes }) => {
    total += bytes;
  });
  if (total <= limit) return { files: 0, bytes: 0 };
  files.sort((a, b) => a.used - b.used);
  const doomed: CachedFile[] = [];
  for (const file of files) {
    if (total <= limit * filledTo) break;
    if (isInUse(file.key)) continue;
    doomed.push(file);
    total -= file.bytes;
  }
  return remove(doomed);
}

/**
 * Deletes all files of a shard, and its folders if nothing else is in them.
 * @throws the signal's reason when aborted
 */
export async function clearShard(folder: string, signal?: AbortSignal): Promise<Removed> {
  const removed = await remove(await filesIn(folder), signal);
  for (const name of await namesIn(folder)) await rmdir(path.join(folder, name)).catch(() => undefined);
  await rmdir(folder).catch(() => undefined);
  return removed;
}

/** The files of a shard. Also deletes temporary files left behind by processes that died. */
async function filesIn(folder: string): Promise<CachedFile[]> {
  const found: CachedFile[] = [];
  const inspect = async (file: string, key: string | undefined): Promise<void> => {
    try {
      const { size, mtimeMs } = await stat(file);
      if (key !== undefined) found.push({ file, key, bytes: size, used: mtimeMs });
      else if (Date.now() - mtimeMs > leftoverAge) await unlink(file);
    } catch {
      // Another process deleted it first.
    }
  };
  for (const inner of await namesIn(folder)) {
    const names = await namesIn(path.join(folder, inner));
    await pMap(
      names,
      async (name) => {
        const key = ownFile.exec(name)?.[1];
        if (key !== undefined || temporaryFile.test(name)) await inspect(path.join(folder, inner, name), key);
      },
      { concurrency: filesAtATime },
    );
  }
  return found;
}

async function remove(files: readonly CachedFile[], signal?: AbortSignal): Promise<Removed> {
  const removed: Removed = { files: 0, bytes: 0 };
  await pMap(
    files,
    async ({ file, bytes }) => {
      signal?.throwIfAborted();
      try {
        await unlink(file);
        removed.files++;
        removed.bytes += bytes;
      } catch {
        // Another process deleted it first, or deleting it is not allowed.
      }
    },
    { concurrency: filesAtATime },
  );
  return removed;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
