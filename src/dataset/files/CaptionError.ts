import * as l10n from '@vscode/l10n';
import { errno } from '../../base/errno';

/** Error codes for the files of a dataset. */
export type CaptionErrorCode =
  | 'CAPTION_CONFLICT'
  | 'CAPTION_NOT_UTF8'
  | 'CAPTION_LINK_BROKEN'
  | 'CAPTION_EDITED'
  | 'CAPTION_TOO_LARGE'
  | 'CAPTION_DAMAGED'
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'DISK_ERROR'
  | 'NO_PERMISSION'
  | 'FOLDER_MISSING'
  | 'SCAN_STOPPED'
  | 'FILE_ERROR';

/**
 * An error about a caption file or dataset folder. `message` is one sentence for the user, shown beside the path.
 */
export class CaptionError extends Error {
  constructor(
    readonly code: CaptionErrorCode,
    message: string,
    /** absolute path of the file or folder */
    readonly path: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'CaptionError';
  }
}

/** The file's content is not the one that was read: another program changed, created or deleted the file. */
export class CaptionConflictError extends CaptionError {
  constructor(
    path: string,
    /** what the file holds now; null when it is gone */
    readonly theirs: Uint8Array | null,
  ) {
    super('CAPTION_CONFLICT', l10n.t('The file was changed by another program.'), path);
    this.name = 'CaptionConflictError';
  }
}

/**
 * Converts a file system error to a {@link CaptionError} that says why a file could not be read, written or deleted.
 * @param doing the operation that failed, for the message
 */
export function fileError(thrown: unknown, path: string, doing: 'save' | 'read' | 'delete'): CaptionError {
  if (thrown instanceof CaptionError) return thrown;
  switch (errno(thrown)) {
    case 'ENOSPC':
      return new CaptionError('DISK_FULL', l10n.t('The disk is full. Free some space, then save again.'), path, thrown);
    case 'EDQUOT':
      return new CaptionError(
        'DISK_FULL',
        l10n.t('The disk quota is used up. Free some space, then save again.'),
        path,
        thrown,
      );
    case 'EROFS':
      return new CaptionError('READ_ONLY', l10n.t('The file system is read-only.'), path, thrown);
    case 'EIO':
    case 'ESTALE':
    case 'ETIMEDOUT':
    case 'ENXIO':
    case 'ENODEV':
    case 'EHOSTDOWN':
      return new CaptionError(
        'DISK_ERROR',
        l10n.t('The disk or the network to it does not answer ({0}). Nothing was changed.', errno(thrown) ?? ''),
        path,
        thrown,
      );
    case 'EACCES':
    case 'EPERM':
      return new CaptionError('NO_PERMISSION', notPermitted(doing), path, thrown);
    case 'ELOOP':
      return new CaptionError('FILE_ERROR', l10n.t('The link leads back to itself.'), path, thrown);
    case 'ENOENT':
      return new CaptionError('FOLDER_MISSING', l10n.t('The folder does not exist any more.'), path, thrown);
    default: {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      return new CaptionError('FILE_ERROR', couldNot(doing, detail), path, thrown);
    }
  }
}

function notPermitted(doing: 'save' | 'read' | 'delete'): string {
  switch (doing) {
    case 'save':
      return l10n.t('No permission to save this file.');
    case 'read':
      return l10n.t('No permission to read this file.');
    case 'delete':
      return l10n.t('No permission to delete this file.');
  }
}

function couldNot(doing: 'save' | 'read' | 'delete', detail: string): string {
  switch (doing) {
    case 'save':
      return l10n.t('Could not save the file: {0}.', detail);
    case 'read':
      return l10n.t('Could not read the file: {0}.', detail);
    case 'delete':
      return l10n.t('Could not delete the file: {0}.', detail);
  }
}
