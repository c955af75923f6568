import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';

/** Why a question was not answered, in words: the message of an expected error, or a description of any other. */
export function failureText(thrown: unknown): string {
  const message = errorMessage(thrown);
  const code = errorCode(thrown);
  // There is no job that could be resumed.
  if (code === 'CAPTIONER_FAILED' && thrown instanceof Error && thrown.cause instanceof Error) {
    return thrown.cause.message;
  }
  return code === undefined ? l10n.t('Unexpected error: {0}', message) : message;
}
