import { CaptionError, errno, fileError } from '../dataset/CaptionError';
import { errorCode, errorMessage } from '../protocol/wireError';
import { JobError } from './JobError';
import type { JobFaultCode } from './jobTypes';

/** What is wrong with the machine and not with an image: it pauses a job. */
export class JobFaultError extends Error {
  constructor(
    readonly code: JobFaultCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'JobFaultError';
  }
}

function systemError(thrown: unknown): unknown {
  const { path } = thrown as NodeJS.ErrnoException;
  return path === undefined ? thrown : fileError(thrown, path, 'save');
}

/** What an error that ended a run means, and what to do. */
export function jobFault(thrown: unknown): JobFaultError {
  if (thrown instanceof JobFaultError) return thrown;
  const message = errorMessage(thrown);
  switch (errorCode(thrown)) {
    case 'SERVER_UNREACHABLE':
      return new JobFaultError('PROVIDER_LOST', `${message} When the server answers again, resume.`, thrown);
    case 'SERVER_REFUSED':
    case 'SERVER_FAILED':
    case 'TAGS_MISMATCH':
      return new JobFaultError('TAGGER_FAILED', `${message} When that is mended, resume.`, thrown);
    default:
  }
  if (thrown instanceof JobError) return new JobFaultError('DISK_ERROR', `${message} (${thrown.path})`, thrown);
  // What the system says of the job's own files.
  const known = errno(thrown) === undefined || thrown instanceof CaptionError ? thrown : systemError(thrown);
  if (known instanceof CaptionError) {
    const { code, path } = known;
    switch (code) {
      case 'DISK_FULL':
        return new JobFaultError(code, `The disk is full (${path}). Free some space, then resume.`, thrown);
      case 'READ_ONLY':
      case 'NO_PERMISSION':
        return new JobFaultError('READ_ONLY', `${message} (${path}) Make it writable, then resume.`, thrown);
      case 'FOLDER_MISSING':
        return new JobFaultError(code, `${message} (${path}) Bring it back, then resume.`, thrown);
      default:
        return new JobFaultError('DISK_ERROR', `${message} (${path}) When it works again, resume.`, thrown);
    }
  }
  return new JobFaultError('TAGGER_FAILED', `The tagger cannot be used. ${message}`, thrown);
}
