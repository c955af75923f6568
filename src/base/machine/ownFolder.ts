import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The mode of folders that only this user may use, for `mkdir`. */
export const ownFolderMode = 0o700;
/** The mode of files that only this user may use. */
export const ownFileMode = 0o600;

/** A folder cannot be kept from other users: it is theirs, or a link that they made. */
export class ForeignFolderError extends Error {
  readonly code = 'FOLDER_FOREIGN';

  constructor(
    /** absolute */
    readonly path: string,
  ) {
    super(`It belongs to another user: ${path}`);
    this.name = 'ForeignFolderError';
  }
}

/**
 * Makes a folder that only this user can enter, or makes an existing one so. Where the file system has no owners or
 * permissions of its own, it stays as it is. Windows gives a user's folders the right permissions anyway.
 * @throws ForeignFolderError when another user made the folder, or the link to it; errors of the file system
 */
export async function makeOwnFolder(folder: string): Promise<void> {
  // Those above it may be for others, too.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: ownFolderMode });
  if (process.platform === 'win32') return;
  const [named, real] = [await lstat(folder), await stat(folder)];
  const me = process.geteuid?.();
  const isMine = named.uid === me && real.uid === me;
  if (!isMine && !(await givesItsOwner(folder, [named.uid, real.uid]))) throw new ForeignFolderError(folder);
  if ((real.mode & 0o077) !== 0) await chmod(folder, ownFolderMode).catch(() => undefined);
}

/**
 * Whether a new file in a folder has the owner of the folder: on network disks all users may be one, or each another
 * than here.
 */
async function givesItsOwner(folder: string, owners: readonly number[]): Promise<boolean> {
  const probe = join(folder, `.${randomUUID()}.probe`);
  const handle = await open(probe, 'wx', ownFileMode);
  try {
    const { uid } = await handle.stat();
    return owners.every((owner) => owner === uid);
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}
