import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import type { CardItem } from '../../protocol/page/cardProtocol';
import type { SelectionActions } from '../shared/actions';

/** The actions of a card that have a keyboard shortcut. */
type CardActions = Pick<SelectionActions, 'copyCaption' | 'pasteCaption' | 'deleteImages'>;

/**
 * Handles the keys of a cell (Ctrl+C, Ctrl+V, Delete) and tells VS Code which card a context menu is for.
 * @param page an element outside all shadow roots: VS Code does not look into them for the context of a menu
 */
export function listenForCardActions(page: HTMLElement, actions: CardActions): void {
  page.addEventListener('contextmenu', (event) => {
    const card = cardIn(event);
    const context =
      card === undefined
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
  page.addEventListener('keydown', (event) => {
    const card = cardIn(event);
    if (card === undefined || !card.isTarget || event.defaultPrevented || event.altKey || event.shiftKey) return;
    const action = actionOf(event, actions);
    if (action === undefined || window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    action(card.item.selected ? { scope: 'selection' } : { path: card.item.path });
  });
}

function actionOf(event: KeyboardEvent, actions: CardActions): ((target: ImageTarget) => void) | undefined {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === 'c') return actions.copyCaption;
  if (command && key === 'v') return actions.pasteCaption;
  return key === 'delete' || (key === 'backspace' && event.metaKey) ? actions.deleteImages : undefined;
}

/** The card that an event happened in, and whether the card itself is the target. */
function cardIn(event: Event): { item: CardItem; isTarget: boolean } | undefined {
  for (const [index, element] of event.composedPath().entries()) {
    if (!(element instanceof HTMLElement) || element.localName !== 'image-card') continue;
    const { item } = element as HTMLElement & { item?: CardItem };
    return item === undefined ? undefined : { item, isTarget: index === 0 };
  }
  return undefined;
}
