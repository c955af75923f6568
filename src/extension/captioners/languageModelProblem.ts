import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';

/** Words with which providers say that a model takes text only. */
const textOnly = [
  /(?:\bnot|n't|\bunable to|\bcannot|\bno endpoints found that)\s+(?:support|accept|process|take|handle|capable)\w*\b[^.]{0,30}\b(?:image|picture|vision|multimodal)/i,
  /\b(?:image|picture|vision)\w*\b[^.]{0,30}\b(?:not supported|unsupported|not allowed|not available|not enabled)/i,
];

/**
 * What went wrong with a request to one of VS Code's own models, in sentences for the user with what to do.
 * @param name of the model
 */
export function languageModelProblem(thrown: unknown, name: string): string {
  const said = errorMessage(thrown).trim();
  switch (errorCode(thrown)) {
    case 'NoPermissions':
      return l10n.t(
        'VS Code does not let Dataset Captions use "{0}": it was not allowed to. Try again and allow it, or see "Manage Language Model Access" in the menu of your account.',
        name,
      );
    case 'NotFound':
      return l10n.t('VS Code has no model "{0}" any more. Choose another one with Select Captioner.', name);
    case 'Blocked':
      return l10n.t(
        '"{0}" takes no more requests for now, as its quota is used up or it is blocked: {1} Try again later, or choose another captioner.',
        name,
        said,
      );
    default:
  }
  const cause = thrown instanceof Error && thrown.cause !== undefined ? errorMessage(thrown.cause).trim() : '';
  if (textOnly.some((words) => words.test(`${said} ${cause}`))) {
    return l10n.t('"{0}" takes no pictures. Choose another captioner with Select Captioner.', name);
  }
  return l10n.t('"{0}" gave no answer: {1}', name, said === '' ? cause : said);
}
