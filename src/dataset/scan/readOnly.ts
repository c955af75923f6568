import { constants } from 'node:fs';

/** Windows has neither pipes in folders nor this flag, whatever the types say. */
const nonBlocking = constants.O_NONBLOCK as number | undefined;

/** The flags to open a file with for reading: a pipe is opened at once, not when its other end is. */
export const readOnly = constants.O_RDONLY | (nonBlocking ?? 0);
