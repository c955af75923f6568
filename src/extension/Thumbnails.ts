import { createHash } from 'node:crypto';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TaggerProcess } from '../protocol/TaggerProcess';
import { errorCode } from '../protocol/wireError';

/** The longer side of a thumbnail, in pixels. */
export const thumbnailSize = 300;
/** Part of the key: a change in how thumbnails are made must not show old ones. */
const thumbnailVersion = 1;

/** What changes whenever a file does: its size and modification time. */
export async function fileVersion(file: string): Promise<string> {
  try {
    const info = await stat(file, { bigint: true });
    return `${info.size}-${info.mtimeNs}`;
  } catch {
    return 'missing';
  }
}

/** Thumbnails on disk, each made once by a child process and kept under a key of path, size and time of the image. */
export class Thumbnails {
  private readonly inWork = new Map<string, Promise<string>>();
  /** images that cannot be decoded are not tried again until they change */
  private readonly refused = new Map<string, Error>();

  constructor(
    /** absolute path of the folder where they are kept */
    readonly folder: string,
    private readonly process: TaggerProcess,
  ) {}

  /**
   * The file of an image's thumbnail, made if need be.
   * @param imagePath absolute
   * @throws an error with a code that starts with `IMAGE_` when the image cannot be shown
   */
  async get(imagePath: string, signal: AbortSignal): Promise<string> {
    const version = await fileVersion(imagePath);
    const key = createHash('sha256')
      .update(`${imagePath}|${version}|${thumbnailSize}|${thumbnailVersion}`)
      .digest('hex');
    const refusal = this.refused.get(key);
    if (refusal !== undefined) throw refusal;
    const file = path.join(this.folder, key.slice(0, 2), `${key}.webp`);
    if (await exists(file)) return file;
    signal.throwIfAborted();
    let making = this.inWork.get(key);
    if (making === undefined) {
      making = this.make(imagePath, file, key).finally(() => this.inWork.delete(key));
      this.inWork.set(key, making);
    }
    return making;
  }

  private async make(imagePath: string, outputPath: string, key: string): Promise<string> {
    try {
      await this.process.request('makeThumbnail', { imagePath, size: thumbnailSize, outputPath });
      return outputPath;
    } catch (thrown) {
      if (thrown instanceof Error && errorCode(thrown)?.startsWith('IMAGE_') === true) this.refused.set(key, thrown);
      throw thrown;
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
