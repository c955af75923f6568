import { gridAction } from '../grid/gridKeys';
import { letterOf, type PressedKey } from '../shared/pressedKey';

/** Where the page stands when a key is pressed. */
export interface PageKeyPlace {
  isMac: boolean;
  /** the focus is on a cell of the grid, or on nothing */
  isOnGrid: boolean;
  /** a dialog of the page is open, which keeps the keyboard */
  isInDialog: boolean;
  /** VS Code is about to ask whether images are to be deleted */
  isAsking: boolean;
}

/** What the page itself does with a key, wherever the focus is; `nothing` keeps the key from everything else. */
export type PageKeyAction = 'search' | 'bulkEdit' | 'nothing' | 'refuse' | 'withdraw';

/** keyCode of every key while an input method composes a text. */
const composing = 229;

/**
 * What the page does with a key before anything in it, or VS Code, hears of it. These keys must act in the same turn:
 * by way of VS Code they would act a round trip later, and what is typed meanwhile would go elsewhere.
 * @returns undefined for all other keys
 */
export function pageKey(pressed: PressedKey, place: PageKeyPlace): PageKeyAction | undefined {
  if (pressed.isComposing || pressed.keyCode === composing || pressed.altGraph) return undefined;
  const opened = opens(pressed, place.isMac);
  if (opened !== undefined) return place.isInDialog ? 'nothing' : opened;
  if (!place.isAsking) return undefined;
  const action = gridAction(pressed);
  if (action?.kind === 'none') return 'withdraw';
  if (!place.isOnGrid) return undefined;
  return action !== undefined || changesImages(pressed) ? 'refuse' : undefined;
}

/** The keys of the contributed keybindings, which hold while the focus is elsewhere in VS Code. */
function opens(pressed: PressedKey, isMac: boolean): 'search' | 'bulkEdit' | undefined {
  const { ctrlKey, metaKey, altKey, shiftKey } = pressed;
  if (shiftKey || ctrlKey === isMac || metaKey !== isMac) return undefined;
  const letter = letterOf(pressed);
  if (letter === 'f' && !altKey) return 'search';
  return (isMac ? letter === 'f' && altKey : letter === 'h' && !altKey) ? 'bulkEdit' : undefined;
}

/** Whether a key pastes into images or deletes them. */
function changesImages(pressed: PressedKey): boolean {
  const command = pressed.ctrlKey || pressed.metaKey;
  return pressed.key === 'Delete' || pressed.key === 'Backspace' || (command && letterOf(pressed) === 'v');
}
