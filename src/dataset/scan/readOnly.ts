import { constants } from 'node:fs';
import { nonBlocking } from '../files/openFlags';

/** The flags to open a file for reading: opening a pipe does not wait for its other end. */
export const readOnly = constants.O_RDONLY | nonBlocking;
