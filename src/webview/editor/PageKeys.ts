import * as l10n from '@vscode/l10n';
import { isHolding } from '../heldKeys/holding';
import { pressedKey } from '../shared/pressedKey';
import { refused } from '../shared/refused';
import { pageKey } from './pageKey';

/** What the keys of the page act on. */
export interface KeyedPage {
  focusSearch(): void;
  openBulkEdit(): void;
  /** whether a dialog of the page is open */
  isInDialog(): boolean;
  /** whether VS Code is about to ask if images are to be deleted */
  isAsking(): boolean;
  /** Takes the deletion back that VS Code was to ask about. */
  withdraw(): void;
}

/**
 * Handles the keys of the page as a whole, see {@link pageKey}. It listens on the window before everything else, and
 * what it handles goes no further: VS Code would run its command for the key too, a round trip later.
 */
export function listenForPageKeys(page: KeyedPage): void {
  const isMac = /mac/i.test(navigator.userAgent);
  window.addEventListener(
    'keydown',
    (event) => {
      // Behind keys that wait, it waits with them: they are for where the focus is now.
      if (event.isTrusted && isHolding()) return;
      const action = pageKey(pressedKey(event), {
        isMac,
        isOnGrid: isOnGrid(event),
        isInDialog: page.isInDialog(),
        isAsking: page.isAsking(),
      });
      if (action === undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      switch (action) {
        case 'search':
          page.focusSearch();
          break;
        case 'bulkEdit':
          page.openBulkEdit();
          break;
        case 'withdraw':
          page.withdraw();
          break;
        case 'refuse':
          // A key that is held was refused when it went down.
          if (!event.repeat) refused(l10n.t('VS Code is about to ask whether to delete.'));
          break;
        case 'nothing':
          break;
        default:
          action satisfies never;
      }
    },
    { capture: true },
  );
}

/** Whether a key acts on the grid: its target is a cell, or nothing has the focus. */
function isOnGrid(event: Event): boolean {
  const [target] = event.composedPath();
  return target === document.body || (target instanceof Element && target.localName === 'image-card');
}
