import { CaptionConflictError, CaptionError, type CaptionErrorCode } from './CaptionError';
import type { FileWrite } from './FileWriter';

/** What a thread that writes files is asked: some files in one message, which costs more than a file does. */
export type WriteRequest = readonly FileWrite[];

/** What became of each file, in the same order. */
export type WriteReply = readonly FileWritten[];

/** What the file holds now, or why it was not written, as plain data. */
export type FileWritten =
  | { written: string | null }
  | { conflict: { path: string; theirs: Uint8Array | null } }
  | { error: { code: CaptionErrorCode; message: string; path: string; cause: string } };

/** What was thrown as plain data. */
export function toFailedWrite(thrown: unknown, file: string): FileWritten {
  if (thrown instanceof CaptionConflictError) return { conflict: { path: thrown.path, theirs: thrown.theirs } };
  if (!(thrown instanceof CaptionError)) {
    return { error: { code: 'FILE_ERROR', message: String(thrown), path: file, cause: String(thrown) } };
  }
  const { code, message, path, cause } = thrown;
  return { error: { code, message, path, cause: String(cause) } };
}

/** What the file holds now. @throws the error that {@link toFailedWrite} took apart */
export function writtenOf(reply: FileWritten): string | null {
  if ('written' in reply) return reply.written;
  if ('conflict' in reply) throw new CaptionConflictError(reply.conflict.path, reply.conflict.theirs);
  const { code, message, path, cause } = reply.error;
  throw new CaptionError(code, message, path, cause);
}
