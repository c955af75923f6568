import * as l10n from '@vscode/l10n';
import type { FlagReason } from './captionerProfile';

/** Why an answer of a captioner was not written, as a sentence for the user with what to do about it. */
export function flagReasonText(reason: FlagReason): string {
  switch (reason) {
    case 'refused':
      return l10n.t('The model refused to describe the picture.');
    case 'thinking':
      return l10n.t(
        'The model spent its tokens on thinking and gave no caption: take an instruct variant, or allow more tokens.',
      );
    case 'truncated':
      return l10n.t('The answer was cut off: allow more tokens, or ask for fewer words.');
    case 'loop':
      return l10n.t('The answer repeats itself.');
    case 'empty':
      return l10n.t('The answer is empty.');
    case 'language':
      return l10n.t('The answer is in another language.');
    case 'odd':
      return l10n.t('The answer is something else than a caption.');
  }
}
