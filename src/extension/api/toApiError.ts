import * as vscode from 'vscode';
import type { DatasetCaptionsErrorCode } from '../../../api';
import { CaptionError } from '../../dataset/files/CaptionError';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { ApiError } from './ApiError';

/** The error with which a cancelled call rejects. */
export function cancelled(): ApiError {
  return new ApiError('CANCELLED', vscode.l10n.t('Cancelled.'));
}

/**
 * Converts anything that was thrown into an error of the API.
 * @param otherwise the code for an error that has none of its own
 */
export function toApiError(thrown: unknown, otherwise: DatasetCaptionsErrorCode = 'UNEXPECTED'): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return cancelled();
  const message = errorMessage(thrown);
  if (thrown instanceof CaptionError) return new ApiError(codeOf(thrown), message, thrown.path, thrown);
  const code = errorCode(thrown) ?? '';
  if (code.startsWith('IMAGE_')) return new ApiError('IMAGE_UNREADABLE', message, undefined, thrown);
  if (/^E[A-Z0-9]+$/.test(code)) return new ApiError('FILE_ERROR', message, undefined, thrown);
  return new ApiError(otherwise, message, undefined, thrown);
}

function codeOf({ code }: CaptionError): DatasetCaptionsErrorCode {
  switch (code) {
    case 'CAPTION_CONFLICT':
    case 'CAPTION_EDITED':
      return 'CAPTION_CONFLICT';
    case 'CAPTION_NOT_UTF8':
      return 'CAPTION_NOT_UTF8';
    case 'FOLDER_MISSING':
      return 'DIRECTORY_NOT_FOUND';
    default:
      return 'FILE_ERROR';
  }
}
