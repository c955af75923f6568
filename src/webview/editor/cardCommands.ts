import * as l10n from '@vscode/l10n';
import type { CardActions } from '../card/cardActions';
import type { TargetCard } from '../card/CardClipboard';
import type { Drafts } from '../card/Drafts';
import type { SelectionActions } from '../shared/actions';
import type { PageHost } from '../shared/host';
import { refused } from '../shared/refused';
import { say } from '../shared/say';

/** What the keys of a card work with. */
interface CommandedPage {
  host: Pick<PageHost, 'command'>;
  drafts: Pick<Drafts, 'textOf' | 'edit' | 'commit' | 'commitAll'>;
  actions: Pick<SelectionActions, 'editTags' | 'pasteCaption' | 'deleteImages'>;
  /** how many images the page shows as selected */
  selectedCount: () => number;
}

/** What copying, pasting and deleting by key do on a card. */
export function cardCommands({ host, drafts, actions, selectedCount }: CommandedPage): CardActions {
  /** Whether a key on a card means its image, and not all selected ones. */
  const isMeantAlone = ({ isSelected }: TargetCard): boolean => !isSelected || selectedCount() === 1;
  return {
    textOf: (item) => drafts.textOf(item),
    copied: ({ path }, text) => {
      if (text.trim() === '') {
        refused(l10n.t('{0} has no caption to copy.', path));
        return;
      }
      // For the host's own command that pastes.
      host.command('copyCaption', { path, text });
      say(l10n.t('Caption of {0} copied', fileNameOf(path)));
    },
    paste: (card, text) => {
      const { path, save, foreignEncoding, readOnly } = card.item;
      if (text === '') {
        refused(l10n.t('There is no text to paste: copy a caption first.'));
      } else if (!isMeantAlone(card)) {
        actions.editTags({ scope: 'selection', form: { operation: 'setCaption', text, how: 'replace' } });
      } else if (save.state === 'conflict' || foreignEncoding !== undefined || readOnly === true) {
        // It cannot be edited now, and the host says why.
        actions.pasteCaption({ path }, text);
      } else {
        // Earlier typing becomes a separate undo step, and so does this.
        drafts.commitAll();
        drafts.edit(card.item, text, drafts.textOf(card.item));
        drafts.commit(card.item.captionPath);
        say(l10n.t('Caption pasted into {0}', fileNameOf(path)));
      }
    },
    deleteImages: (card) => {
      actions.deleteImages(isMeantAlone(card) ? { path: card.item.path } : undefined);
    },
  };
}

function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
