import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  identityText,
  isAlive,
  parseIdentity,
  thisProcess,
  type ProcessIdentity,
} from '../../base/machine/processIdentity';

/** Names of temporary files: the identity of the process that made the file, and a random number. */
const temporaryName = /^\.dataset-captions-(.+)-[0-9a-f]{8}\.(tmp|saving)$/;
/** Names of version 0.1.0: the process id, 16 bits of a hash of the host name, and a random number. */
const oldTemporaryName = /^\.dataset-captions-\d+-[0-9a-f]{12}\.tmp$/;

/** Whether a file name is one that `writeFileSafely` gives to its temporary files. */
export function isTemporaryName(name: string): boolean {
  return oldTemporaryName.test(name) || makerOf(name) !== undefined;
}

/** Whether a temporary name is that of the note of a file that is being written in place: {@link newSavingName}. */
export function isSavingName(name: string): boolean {
  return name.endsWith('.saving') && isTemporaryName(name);
}

/**
 * A new, unique name for a temporary file, which identifies the process so that the file can be recognised as a
 * leftover once the process is gone.
 */
export function newTemporaryName(): string {
  return `${newName()}.tmp`;
}

/** Like {@link newTemporaryName}, for the note of what a file holds and is to hold while it is written in place. */
export function newSavingName(): string {
  return `${newName()}.saving`;
}

function newName(): string {
  return `.dataset-captions-${identityText(thisProcess())}-${randomBytes(4).toString('hex')}`;
}

/**
 * Whether a temporary file, judging by its name and disk, was made by a process that is known to be dead. Always false
 * for names of version 0.1.0: they do not distinguish containers with the same host name.
 * @param modified when the file was written last, in milliseconds since 1970
 */
export function isOfDeadProcess(file: string, modified?: number): boolean {
  const maker = makerOf(path.basename(file));
  return maker !== undefined && isAlive(maker, modified, file) === 'dead';
}

function makerOf(name: string): ProcessIdentity | undefined {
  return parseIdentity(temporaryName.exec(name)?.[1] ?? '');
}
