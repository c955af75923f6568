import { realpath as walkLinks, realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errno } from './errno';

const walk: (file: string) => Promise<string> = promisify(walkLinks);
/** Errors that are about the path. All others are about the drive. */
const aboutPath: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG']);

/**
 * The path behind all links. On RAM disks and some network drives of Windows the system call fails (EISDIR, though
 * everything else works there: nodejs/node#6861): there each part of the path is resolved on its own.
 * @throws the error of the system, such as ENOENT
 */
export async function realPath(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (thrown) {
    if (aboutPath.has(errno(thrown) ?? '')) throw thrown;
    return await walk(file);
  }
}

/** As {@link realPath}, but blocks the thread. @throws the error of the system */
export function realPathSync(file: string): string {
  try {
    return realpathSync.native(file);
  } catch (thrown) {
    if (aboutPath.has(errno(thrown) ?? '')) throw thrown;
    return realpathSync(file);
  }
}
