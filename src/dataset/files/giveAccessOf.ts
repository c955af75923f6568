import { fchmodSync, fchownSync, fstatSync, type Stats } from 'node:fs';

/**
 * Gives a new file, which only its owner can read and write so far, the owner, group and mode of another one.
 * @returns false if this user may not do that, or the file system cannot
 */
export function giveAccessOf(before: Stats, handle: number): boolean {
  // Windows has neither; a new file there inherits the permissions of its folder.
  if (process.platform === 'win32') return true;
  try {
    const made = fstatSync(handle);
    // The owner is not given where it is right already: everybody but root may give only the group, one of their own.
    if (made.uid !== before.uid || made.gid !== before.gid) fchownSync(handle, before.uid, before.gid);
    // After chown, because that clears special bits. It also undoes the umask that open() applied. Only if the mode
    // differs, because some mounted file systems refuse every chmod.
    if (fstatSync(handle).mode !== before.mode) fchmodSync(handle, before.mode & 0o7777);
    const { uid, gid, mode } = fstatSync(handle);
    return uid === before.uid && gid === before.gid && mode === before.mode;
  } catch {
    return false;
  }
}
