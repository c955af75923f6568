import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, statSync, unlinkSync, type Stats } from 'node:fs';
import path from 'node:path';

/** By device: the owner that its file system gives to the files of this user. */
const ownersOnDisk = new Map<number, number | undefined>();

/**
 * Whether a file or folder belongs to this user. On file systems that give all files another owner than the user who
 * makes them (root squash on NFS, mounts with a fixed owner), it does if a file that is made beside it gets the same
 * one. Always true on Windows, where other users have no access to the folders of a user.
 * @param info of the file or folder
 * @param folder where a file can be made on the same disk
 */
export function isOwn(info: Pick<Stats, 'uid' | 'dev'>, folder: string): boolean {
  const user = process.geteuid?.();
  if (user === undefined || info.uid === user) return true;
  if (!ownersOnDisk.has(info.dev)) ownersOnDisk.set(info.dev, ownerOfNewFile(folder));
  return ownersOnDisk.get(info.dev) === info.uid;
}

/**
 * Whether a folder belongs to another user; false if it does not exist, or cannot be inspected: then it cannot be used
 * either, and the attempt fails with a reason.
 */
export function isFolderOfAnother(folder: string): boolean {
  let info: Stats | undefined;
  try {
    info = statSync(folder, { throwIfNoEntry: false });
  } catch {
    return false;
  }
  return info !== undefined && !isOwn(info, folder);
}

/** The owner of a file that this process makes in a folder; undefined if it cannot make one. */
function ownerOfNewFile(folder: string): number | undefined {
  const file = path.join(folder, `.dataset-captions-owner-${randomBytes(8).toString('hex')}`);
  try {
    const handle = openSync(file, 'wx', 0o600);
    try {
      return fstatSync(handle).uid;
    } finally {
      closeSync(handle);
      unlinkSync(file);
    }
  } catch {
    return undefined;
  }
}
