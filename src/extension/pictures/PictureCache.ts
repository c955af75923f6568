import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LruMap } from '../../base/LruMap';
import { ownFileMode, ownFolderMode } from '../../base/machine/ownFolder';
import { errorCode } from '../../protocol/channel/wireError';
import { cacheShards, clearShard, trimShard, type Removed } from './cacheShard';

/**
 * The modification time of a picture's file records its last use, since most disks do not keep access times. It is
 * updated at most once per this many milliseconds.
 */
const recordUseEvery = 24 * 3600 * 1000;
/** A crash is forgotten after this time, in milliseconds: the next version of a decoder may not crash. */
const crashRemembered = 7 * 24 * 3600 * 1000;
/** Maximum number of uses kept in memory. */
const maxUses = 20_000;
/** Number of most recently used pictures that may be on screen: these are never trimmed. */
const maxShown = 1000;
/** One shard is trimmed each time this fraction of the limit was written. */
const writtenBetweenTrims = 1 / 256;

/** Why no picture can be made of an image: the error of an earlier attempt. */
export class RememberedFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'RememberedFailure';
  }
}

/**
 * An LRU cache of pictures on disk, under keys of 64 hexadecimal digits, and of failures to make some. Keys are spread
 * evenly, so each of the sixteen shards may hold a sixteenth of the limit and is trimmed on its own: nothing ever scans
 * the whole cache, no index has to be kept, and several processes can share one folder.
 */
export class PictureCache {
  /** by key: when the last use of a picture was recorded, in milliseconds; its file existed at that time */
  private readonly uses = new LruMap<string, number>(maxUses);
  private written = 0;
  private nextShard = Math.floor(Math.random() * cacheShards.length);
  private trimming: Promise<void> | undefined;

  /**
   * @param folder absolute; created on demand
   * @param limit maximum size of all pictures, in bytes
   */
  constructor(
    readonly folder: string,
    private readonly limit: () => number,
  ) {}

  /** Where the picture with a key is or will be. The 4096 folders have about 25 files each at 100,000 pictures. */
  fileOf(key: string): string {
    return path.join(this.folder, key.slice(0, 1), key.slice(1, 3), `${key}.webp`);
  }

  /** The file of a picture if it exists. A recently used one costs no disk access. */
  async find(key: string): Promise<string | undefined> {
    const file = this.fileOf(key);
    const recorded = this.uses.get(key);
    if (recorded !== undefined && Date.now() - recorded < recordUseEvery) return file;
    try {
      const { mtimeMs } = await stat(file);
      const now = new Date();
      if (now.getTime() - mtimeMs > recordUseEvery) await utimes(file, now, now).catch(() => undefined);
      this.uses.set(key, now.getTime());
      return file;
    } catch {
      return undefined;
    }
  }

  /** The failure stored for a key; that of a crash only for a week. */
  async failure(key: string): Promise<RememberedFailure | undefined> {
    try {
      const file = this.failureFile(key);
      const { code, message } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      if (typeof code !== 'string' || typeof message !== 'string') return undefined;
      if (code === crashCode && Date.now() - (await stat(file)).mtimeMs > crashRemembered) return undefined;
      return new RememberedFailure(code, message);
    } catch {
      // There is none, or its file is damaged: the image will be tried again.
    }
    return undefined;
  }

  /** Stores on disk why no picture can be made. Does nothing if the disk cannot be written. */
  async rememberFailure(key: string, code: string, message: string): Promise<void> {
    const file = this.failureFile(key);
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: ownFolderMode });
      await writeFile(file, JSON.stringify({ code, message }), { mode: ownFileMode });
    } catch {
      // The image will be tried again.
    }
  }

  /** Discards what is known about a key: its picture could not be loaded, or is to be tried again. */
  async forget(key: string): Promise<void> {
    this.uses.delete(key);
    await rm(this.failureFile(key), { force: true }).catch(() => undefined);
  }

  /**
   * Records that a picture was written; may trim a shard in the background.
   * @param bytes the size of its file
   */
  added(key: string, bytes: number): void {
    this.uses.set(key, Date.now());
    const isFirst = this.written === 0;
    this.written += bytes;
    if (!isFirst && this.written < this.limit() * writtenBetweenTrims) return;
    this.written = 1;
    this.trimming ??= this.trimNext().finally(() => {
      this.trimming = undefined;
    });
  }

  /** Resolves when no trimming is in progress. */
  async settled(): Promise<void> {
    await this.trimming;
  }

  /**
   * Deletes all pictures and stored failures. Files of other programs in the folder stay.
   * @param onProgress called after each shard with the total removed so far
   * @throws the signal's reason when aborted
   */
  async clear(onProgress?: (removed: Removed) => void, signal?: AbortSignal): Promise<Removed> {
    const removed: Removed = { files: 0, bytes: 0 };
    for (const shard of cacheShards) {
      signal?.throwIfAborted();
      this.uses.clear();
      const { files, bytes } = await clearShard(path.join(this.folder, shard), signal);
      removed.files += files;
      removed.bytes += bytes;
      onProgress?.(removed);
    }
    this.uses.clear();
    return removed;
  }

  private async trimNext(): Promise<void> {
    const shard = cacheShards[this.nextShard++ % cacheShards.length] ?? '0';
    const shown = new Set(this.uses.latestKeys(maxShown));
    await trimShard(path.join(this.folder, shard), this.limit() / cacheShards.length, (key) => shown.has(key));
  }

  private failureFile(key: string): string {
    return this.fileOf(key).replace(/\.webp$/, '.fail');
  }
}

/** Whether the same file would fail again: the fault is in its content, not in the disk or the process. */
export function isLastingFailure(thrown: unknown): boolean {
  return lastingCodes.has(errorCode(thrown) ?? '');
}

/** The code of an image of which the decoder crashed. */
const crashCode = 'IMAGE_CRASHES';

const lastingCodes: ReadonlySet<string> = new Set([
  'IMAGE_EMPTY',
  'IMAGE_TOO_LARGE',
  'IMAGE_TRUNCATED',
  'IMAGE_DAMAGED',
  'IMAGE_NOT_AN_IMAGE',
  crashCode,
]);
