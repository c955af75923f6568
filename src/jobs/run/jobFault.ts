import * as l10n from '@vscode/l10n';
import { CaptionError, fileError } from '../../dataset/files/CaptionError';
import { errno } from '../../base/errno';
import { taggerHung } from '../../protocol/child/TaggerProcess';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { CaptionerError } from '../../captioner/endpoint/CaptionerError';
import { JobError } from '../JobError';
import type { JobFaultCode } from '../jobTypes';

/** A fault of the machine, not of an image: it pauses the job. */
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

/** Turns the error that ended a run into a fault, whose message says what to do. */
export function jobFault(thrown: unknown): JobFaultError {
  if (thrown instanceof JobFaultError) return thrown;
  const message = errorMessage(thrown);
  if (thrown instanceof CaptionerError) {
    return new JobFaultError('CAPTIONER_FAILED', l10n.t('{0} When that is mended, resume.', message), thrown);
  }
  switch (errorCode(thrown)) {
    case 'SERVER_UNREACHABLE':
      return new JobFaultError('PROVIDER_LOST', l10n.t('{0} When the server answers again, resume.', message), thrown);
    case 'SERVER_REFUSED':
    case 'SERVER_FAILED':
    case 'TAGS_MISMATCH':
    case 'SCORES_OUT_OF_RANGE':
      return new JobFaultError('TAGGER_FAILED', l10n.t('{0} When that is mended, resume.', message), thrown);
    case taggerHung:
      return new JobFaultError('TAGGER_FAILED', l10n.t('{0} Resume starts it afresh.', message), thrown);
    default:
  }
  if (thrown instanceof JobError) return new JobFaultError('DISK_ERROR', `${message} (${thrown.path})`, thrown);
  // An error of the file system about the job's own files.
  const known = errno(thrown) === undefined || thrown instanceof CaptionError ? thrown : systemError(thrown);
  if (known instanceof CaptionError) {
    const { code, path } = known;
    switch (code) {
      case 'DISK_FULL':
        return new JobFaultError(code, l10n.t('The disk is full ({0}). Free some space, then resume.', path), thrown);
      case 'READ_ONLY':
      case 'NO_PERMISSION':
        return new JobFaultError(
          'READ_ONLY',
          l10n.t('{0} ({1}) Make it writable, then resume.', message, path),
          thrown,
        );
      case 'FOLDER_MISSING':
        return new JobFaultError(code, l10n.t('{0} ({1}) Bring it back, then resume.', message, path), thrown);
      default:
        return new JobFaultError('DISK_ERROR', l10n.t('{0} ({1}) When it works again, resume.', message, path), thrown);
    }
  }
  return new JobFaultError('TAGGER_FAILED', l10n.t('The tagger cannot be used. {0}', message), thrown);
}
