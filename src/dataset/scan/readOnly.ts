import { constants } from 'node:fs';

/** Undefined on Windows, whatever the types say: it has neither this flag nor pipes in folders. */
const nonBlocking = constants.O_NONBLOCK as number | undefined;

/** The flags to open a file for reading: opening a pipe does not wait for its other end. */
export const readOnly = constants.O_RDONLY | (nonBlocking ?? 0);
