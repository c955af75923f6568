import * as l10n from '@vscode/l10n';
import type { CardItem } from '../../protocol/page/cardProtocol';
import { refused } from '../shared/refused';
import { CardClipboard, type ClipboardActions, type TargetCard } from './CardClipboard';

/** The actions of a card that have a keyboard shortcut. */
export interface CardActions extends ClipboardActions {
  /** Deletes the image of the card, or all selected images if the card is one. */
  deleteImages(card: TargetCard): void;
}

/**
 * Handles the keys of a cell (Ctrl+C, Ctrl+V, Delete) and tells VS Code which card a context menu is for.
 * @param page an element outside all shadow roots: VS Code does not look into them for the context of a menu
 */
export function listenForCardActions(page: HTMLElement, actions: CardActions): void {
  page.addEventListener('contextmenu', (event) => {
    const card = cardIn(event.composedPath());
    const context =
      card?.item === undefined
        ? {}
        : {
            webviewSection: 'image',
            path: card.item.path,
            imageSelected: card.item.selected,
            preventDefaultContextMenuItems: true,
          };
    // Inside a caption, VS Code's normal context menu for text is shown.
    const [target] = event.composedPath();
    const inText = target instanceof Element && target.matches('textarea, input:not(.check)');
    page.dataset.vscodeContext = JSON.stringify(inText ? {} : context);
  });
  const clipboard = new CardClipboard(actions);
  page.addEventListener('keydown', (event) => {
    const card = cardIn(event.composedPath());
    if (card === undefined || !card.isTarget || event.defaultPrevented || event.altKey || event.shiftKey) return;
    const action = actionOf(event);
    if (action === undefined || window.getSelection()?.isCollapsed === false) return;
    const { item, isSelected } = card;
    if (item === undefined) {
      event.preventDefault();
      refused(l10n.t('This image is still loading.'));
      return;
    }
    if (action === 'delete') {
      event.preventDefault();
      // A key that is held means one deletion.
      if (!event.repeat) actions.deleteImages({ item, isSelected });
    } else if (clipboard[action]({ item, isSelected })) {
      // Done: neither the browser nor VS Code has to copy or paste.
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

function actionOf(event: KeyboardEvent): 'copy' | 'paste' | 'delete' | undefined {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === 'c') return 'copy';
  if (command && key === 'v') return 'paste';
  return key === 'delete' || (key === 'backspace' && event.metaKey) ? 'delete' : undefined;
}

/** The card among elements, from the inside out, and whether the card itself is the target. */
function cardIn(
  path: readonly EventTarget[],
): { item: CardItem | undefined; isSelected: boolean; isTarget: boolean } | undefined {
  for (const [index, element] of path.entries()) {
    if (!(element instanceof HTMLElement) || element.localName !== 'image-card') continue;
    const { item, selected = false } = element as HTMLElement & { item?: CardItem; selected?: boolean };
    return { item, isSelected: selected, isTarget: index === 0 };
  }
  return undefined;
}
