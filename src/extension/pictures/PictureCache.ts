import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LruMap } from '../../base/LruMap';
import { errorCode } from '../../protocol/channel/wireError';
import { cacheShards, clearShard, trimShard, type Removed } from './cacheShard';

/** The use of a picture is noted at most this often, in milliseconds: the time a picture was read last is not kept by most disks. */
const noteUseEvery = 24 * 3600 * 1000;
/** The maximum number of pictures whose last use is kept in memory. */
const rememberedUses = 20_000;
/** So many pictures that were handed out last may be on screens. */
const mostShown = 1000;
/** One shard is looked at for each such part of the limit that was written. */
const writtenBetweenTrims = 1 / 256;

/** Why no picture can be made of an image, as it was when it was tried. */
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
 * Pictures on disk under keys of 64 hexadecimal digits, and the failures to make some. Keys are spread evenly, so each of
 * the sixteen shards may hold a sixteenth of the limit and is trimmed by itself: nothing ever looks at the whole cache, no
 * account has to be kept, and several processes can use one folder.
 */
export class PictureCache {
  /** when the use of a picture was noted last, in milliseconds; the picture was there then */
  private readonly uses = new LruMap<string, number>(rememberedUses);
  private written = 0;
  private nextShard = Math.floor(Math.random() * cacheShards.length);
  private trimming: Promise<void> | undefined;

  /**
   * @param folder absolute; made when it is needed
   * @param limit how much the pictures may take, in bytes
   */
  constructor(
    readonly folder: string,
    private readonly limit: () => number,
  ) {}

  /** Where the picture with a key is or will be. Folders of some 25 files at 100,000 pictures, and few enough of them. */
  fileOf(key: string): string {
    return path.join(this.folder, key.slice(0, 1), key.slice(1, 3), `${key}.webp`);
  }

  /** The file of a picture if it is there. Known ones cost no look at the disk. */
  async find(key: string): Promise<string | undefined> {
    const file = this.fileOf(key);
    const noted = this.uses.get(key);
    if (noted !== undefined && Date.now() - noted < noteUseEvery) return file;
    try {
      const { mtimeMs } = await stat(file);
      const now = new Date();
      if (now.getTime() - mtimeMs > noteUseEvery) await utimes(file, now, now).catch(() => undefined);
      this.uses.set(key, now.getTime());
      return file;
    } catch {
      return undefined;
    }
  }

  /** The failure that was remembered for a key. */
  async failure(key: string): Promise<RememberedFailure | undefined> {
    try {
      const { code, message } = JSON.parse(await readFile(this.failureFile(key), 'utf8')) as Record<string, unknown>;
      if (typeof code === 'string' && typeof message === 'string') return new RememberedFailure(code, message);
    } catch {
      // None, or one that cannot be read: it will be tried again.
    }
    return undefined;
  }

  /** Remembers why no picture can be made, beyond the end of this process. A cache that cannot be written forgets it. */
  async rememberFailure(key: string, code: string, message: string): Promise<void> {
    const file = this.failureFile(key);
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify({ code, message }));
    } catch {
      // The image will be tried again.
    }
  }

  /** Forgets what is known of a key: its picture could not be loaded, or shall be tried again. */
  async forget(key: string): Promise<void> {
    this.uses.delete(key);
    await rm(this.failureFile(key), { force: true }).catch(() => undefined);
  }

  /**
   * A picture was written.
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

  /** Waits for what is going on in the background. */
  async settled(): Promise<void> {
    await this.trimming;
  }

  /**
   * Deletes all pictures and remembered failures. What other programs put into the folder stays.
   * @param onProgress called with what was removed so far
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
    const shown = new Set(this.uses.latestKeys(mostShown));
    await trimShard(path.join(this.folder, shard), this.limit() / cacheShards.length, (key) => shown.has(key));
  }

  private failureFile(key: string): string {
    return this.fileOf(key).replace(/\.webp$/, '.fail');
  }
}

/** Whether the same image would fail again: what is wrong is in the file, not around it. */
export function isLastingFailure(thrown: unknown): boolean {
  return lastingCodes.has(errorCode(thrown) ?? '');
}

const lastingCodes: ReadonlySet<string> = new Set([
  'IMAGE_EMPTY',
  'IMAGE_TOO_LARGE',
  'IMAGE_TRUNCATED',
  'IMAGE_NOT_AN_IMAGE',
  'IMAGE_CRASHES',
]);
