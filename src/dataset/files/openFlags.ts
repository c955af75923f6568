import { constants } from 'node:fs';

/** Windows has no such flags, whatever the types say. */
const flags: Partial<typeof constants> = constants;

/** With this flag, opening a pipe does not wait for its other end. 0 on Windows, which has no pipes in folders. */
export const nonBlocking = flags.O_NONBLOCK ?? 0;

/** With this flag, opening a symbolic link fails. 0 on Windows, where only administrators make links. */
export const noFollow = flags.O_NOFOLLOW ?? 0;
