import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../../base/errno';
import { noop } from '../../base/noop';
import { syncFolder } from '../../dataset/files/writeFileSafely';

/** Errors for which there is no other way to write the file. */
const hopeless: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ENOENT', 'ENOTDIR']);

/**
 * A file that is written from its beginning to its end, and gets its final name once it is complete on the disk. If it
 * cannot be renamed, as on some mounts of object stores, it is copied instead.
 */
export class NewFile {
  private constructor(
    private readonly file: string,
    private readonly temporary: string,
    private readonly handle: FileHandle,
  ) {}

  /** @param file absolute; a file of that name is replaced */
  static async create(file: string): Promise<NewFile> {
    const temporary = `${file}.${process.pid.toString(36)}.tmp`;
    return new NewFile(file, temporary, await open(temporary, 'wx', 0o666));
  }

  async append(bytes: Uint8Array): Promise<void> {
    // Unlike `write`, it repeats until everything is written.
    await this.handle.appendFile(bytes);
  }

  /** Gives the file its name, once the disk has all of it. */
  async finish(): Promise<void> {
    try {
      await flush(this.handle);
    } finally {
      await this.handle.close();
    }
    try {
      await rename(this.temporary, this.file);
    } catch (thrown) {
      if (hopeless.has(errno(thrown) ?? '')) throw thrown;
      await copyTo(this.file, this.temporary);
      await unlink(this.temporary);
    }
    await syncFolder(path.dirname(this.file));
  }

  /** Removes what was written. Does not throw. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(noop);
    await unlink(this.temporary).catch(noop);
  }
}

/** Writes a small file in one step: it has all of the content or is not there. @throws errors of the disk */
export async function writeNewFile(file: string, content: Uint8Array | string): Promise<void> {
  const written = await NewFile.create(file);
  try {
    await written.append(Buffer.from(content));
    await written.finish();
  } catch (thrown) {
    await written.abandon();
    throw thrown;
  }
}

async function copyTo(file: string, from: string): Promise<void> {
  const [source, target] = [await open(from, 'r'), await open(file, 'w', 0o666)];
  try {
    for await (const piece of source.createReadStream()) await target.appendFile(piece as Buffer);
    await flush(target);
  } finally {
    await source.close().catch(noop);
    await target.close();
  }
}

async function flush(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (thrown) {
    // Some mounted file systems do not support flushing; nothing more can be done there.
    if (!['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(errno(thrown) ?? '')) throw thrown;
  }
}
