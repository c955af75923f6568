import { CaptionConflictError, CaptionError, type CaptionErrorCode } from './CaptionError';
import type { FileWrite } from './FileWriter';

/** Request to a write thread: several files per message, because a message costs more than a file. */
export type WriteRequest = readonly FileWrite[];

/** The result for each file, in the same order. */
export type WriteReply = readonly FileWritten[];

/** What the file holds now, or why it was not written, as plain data. */
export type FileWritten =
  | { written: string | null }
  | { conflict: { path: string; theirs: Uint8Array | null } }
  | { error: { code: CaptionErrorCode; message: string; path: string; cause: string } };

/** Serializes what was thrown while a file was written. */
export function toFailedWrite(thrown: unknown, file: string): FileWritten {
  if (thrown instanceof CaptionConflictError) return { conflict: { path: thrown.path, theirs: thrown.theirs } };
  if (!(thrown instanceof CaptionError)) {
    return { error: { code: 'FILE_ERROR', message: String(thrown), path: file, cause: String(thrown) } };
  }
  const { code, message, path, cause } = thrown;
  return { error: { code, message, path, cause: String(cause) } };
}

/** Deserializes a result: what the file holds now. @throws the error that {@link toFailedWrite} serialized */
export function writtenOf(reply: FileWritten): string | null {
  if ('written' in reply) return reply.written;
  if ('conflict' in reply) throw new CaptionConflictError(reply.conflict.path, reply.conflict.theirs);
  const { code, message, path, cause } = reply.error;
  throw new CaptionError(code, message, path, cause);
}
