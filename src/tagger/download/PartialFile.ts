import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { noFollow } from '../../dataset/files/openFlags';
import { syncFolder } from '../../dataset/files/writeFileSafely';
import { onDisk } from './diskErrors';
import type { ExpectedHash } from './downloadRequest';
import { hashFile } from './fileHash';

/** Where the bytes of a partial file came from; what comes later must be of the same content. */
export interface PartialSource {
  /** the address that was asked for */
  url: string;
  /** the digest that the file should have in the end */
  digest: string | undefined;
  /** strong ETag of the answer that the bytes came in */
  etag: string | undefined;
}

/** The names of what an unfinished download leaves beside its target: the bytes so far, and where they came from. */
export function partialPaths(target: string): { bytes: string; source: string } {
  return { bytes: `${target}.partial`, source: `${target}.partial.json` };
}

/**
 * The bytes of a download until it is complete: `<target>.partial`. They stay when the download stops and are continued
 * by the next one, of this or another process. A link under one of its names is not followed: others may have made it,
 * where they may write into the folder, to have another file of this user overwritten. All errors are {@link onDisk}'s.
 */
export class PartialFile {
  private readonly paths: { bytes: string; source: string };
  private handle: FileHandle | undefined;
  private size = 0;
  private hash: Hash;
  private origin: PartialSource | undefined;

  private constructor(
    private readonly target: string,
    private readonly expected: ExpectedHash | undefined,
  ) {
    this.paths = partialPaths(target);
    this.hash = this.newHash();
  }

  /** How many bytes there are. */
  get position(): number {
    return this.size;
  }

  /** Where the bytes came from; undefined while there are none. */
  get source(): PartialSource | undefined {
    return this.origin;
  }

  /**
   * Finds what an earlier download of the same content left, and hashes it. Nothing is created.
   * @param url the address that will be asked for
   * @throws the signal's reason
   */
  static async find(
    target: string,
    url: string,
    expected: ExpectedHash | undefined,
    signal: AbortSignal | undefined,
  ): Promise<PartialFile> {
    const partial = new PartialFile(target, expected);
    const source = await readSource(partial.paths.source);
    if (source === undefined) return partial;
    // With a hash, bytes of any mirror can be continued; without one, only those whose ETag the same server confirms.
    const isSame =
      expected === undefined ? source.url === url && source.etag !== undefined : source.digest === expected.digest;
    if (!isSame) return partial;
    await onDisk(target, async () => {
      const info = await lstat(partial.paths.bytes).catch(() => undefined);
      if (info === undefined || !info.isFile() || info.nlink !== 1) return;
      await hashFile(partial.paths.bytes, partial.hash, info.size, signal);
      partial.size = info.size;
      partial.origin = source;
    });
    return partial;
  }

  /** Starts from the beginning: what was there is dropped. */
  async restart(source: PartialSource): Promise<void> {
    await onDisk(this.target, async () => {
      await this.close();
      // In this order, so that bytes never lie beside the record of others.
      await rm(this.paths.source, { force: true });
      await rm(this.paths.bytes, { force: true });
      this.handle = await open(this.paths.bytes, 'wx+');
      await writeFile(this.paths.source, JSON.stringify(source), { flag: 'wx' });
    });
    this.size = 0;
    this.hash = this.newHash();
    this.origin = source;
  }

  /** Adds bytes at the end. */
  async write(bytes: Uint8Array): Promise<void> {
    await onDisk(this.target, async () => {
      this.handle ??= await openPlain(this.paths.bytes);
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written, this.size + written);
        written += bytesWritten;
      }
    });
    this.size += bytes.length;
    this.hash.update(bytes);
  }

  /** The digest of all bytes; none can be added afterwards. */
  digest(): string {
    return this.hash.digest(this.expected?.encoding ?? 'hex');
  }

  /** Puts the complete file under its name, once it is safe on the disk. */
  async commit(): Promise<void> {
    await onDisk(this.target, async () => {
      const handle = (this.handle ??= await openPlain(this.paths.bytes).catch(() => open(this.paths.bytes, 'wx')));
      await handle.truncate(this.size);
      await handle.sync();
      await this.close();
      await rename(this.paths.bytes, this.target);
      await syncFolder(path.dirname(this.target));
      await rm(this.paths.source, { force: true });
    });
  }

  /** Removes the bytes and the record of their source. */
  async discard(): Promise<void> {
    await this.close().catch(() => undefined);
    // Frees the space even where something holds the file open.
    await empty(this.paths.bytes).catch(() => undefined);
    await rm(this.paths.bytes, { force: true }).catch(() => undefined);
    await rm(this.paths.source, { force: true }).catch(() => undefined);
    this.size = 0;
    this.hash = this.newHash();
    this.origin = undefined;
  }

  /** Closes the file; the bytes stay for the next time. */
  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  private newHash(): Hash {
    return createHash(this.expected?.algorithm ?? 'sha256');
  }
}

/** Opens a file to read and write it. @throws errors of the file system, also for a link or a second name of a file */
async function openPlain(file: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDWR | noFollow);
  if ((await handle.stat()).nlink === 1) return handle;
  await handle.close();
  throw Object.assign(new Error(`This is another name of a file: ${file}`), { code: 'EMLINK' });
}

async function empty(file: string): Promise<void> {
  const handle = await openPlain(file);
  try {
    await handle.truncate();
  } finally {
    await handle.close();
  }
}

async function readSource(file: string): Promise<PartialSource | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof content !== 'object' || content === null) return undefined;
    const { url, digest, etag } = content as Record<string, unknown>;
    if (typeof url !== 'string') return undefined;
    return {
      url,
      digest: typeof digest === 'string' ? digest : undefined,
      etag: typeof etag === 'string' ? etag : undefined,
    };
  } catch {
    return undefined;
  }
}
