import * as l10n from '@vscode/l10n';
import { LruMap } from '../../base/LruMap';
import type { Proposal } from './captionProposal';

/** Maximum number of open questions that are remembered: VS Code does not tell a tool that the user declined one. */
const maxQuestions = 100;

/**
 * The changes by a language model that users were shown for consent: only these are written. After the user agreed,
 * the proposal is made anew, because captions may have changed meanwhile; changes that appear only then were never
 * shown.
 */
export class ShownProposals {
  /** the changes of each question, by the input of the tool */
  private readonly questions = new LruMap<string, readonly string[]>(maxQuestions);

  /**
   * Remembers what a question shows. Of several open questions with the same input, only what all of them show counts:
   * nothing says which of them was agreed to.
   * @param input as the tool was given it
   * @param directory absolute path of the folder that the images of the proposal are relative to
   */
  remember(input: object, directory: string, { changes }: Proposal): void {
    const key = JSON.stringify(input);
    const open = this.questions.get(key);
    const shown = changes.map((change) => pairOf(directory, change));
    this.questions.set(key, open === undefined ? shown : shown.filter((pair) => open.includes(pair)));
  }

  /**
   * Takes what the user has agreed to; to be called once for each call of the tool.
   * @returns a function that checks a proposal that was made anew: changes that were not shown are moved to `refused`
   */
  take(input: object): (directory: string, proposal: Proposal) => Proposal {
    const key = JSON.stringify(input);
    const shown = new Set(this.questions.get(key));
    this.questions.delete(key);
    return (directory, { changes, refused }) => {
      const isShown = (change: Proposal['changes'][number]): boolean => shown.has(pairOf(directory, change));
      const reason = l10n.t('The user was not shown this change. Propose it again.');
      const unseen = changes.filter((change) => !isShown(change)).map(({ image }) => ({ image, reason }));
      return { changes: changes.filter(isShown), refused: [...refused, ...unseen] };
    };
  }
}

function pairOf(directory: string, { image, before, text }: Proposal['changes'][number]): string {
  return JSON.stringify([directory, image, before, text]);
}
