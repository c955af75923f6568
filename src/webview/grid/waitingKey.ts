import { letterOf, type PressedKey } from '../shared/pressedKey';
import { gridAction } from './gridKeys';

/** Keys that would act on what is left or has yet to be reached: they are refused while keys wait. */
const refusedLetters = new Set(['c', 'x', 'v', 'z', 'y']);
/** Ctrl+F, Ctrl+H and Ctrl+S come after the keys before them. */
const pageLetters = new Set(['f', 'h', 's']);
/** Keys that with Ctrl edit a text, leave a caption, or on macOS delete an image. */
const editing = new Set(['Enter', 'Backspace', 'Delete']);
/** Keys with a default action of the browser that cannot be done later. */
const browserKeys = new Set(['ContextMenu', 'Dead', 'Insert', 'Process']);
const browserShiftKeys = new Set(['Delete', 'F10']);
const modifiers = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock']);

/** What to do with a key that is pressed while keys wait. */
export type WaitingKey = 'wait' | 'refuse' | 'pass';

/** Whether a key waits with those before it, is refused, or is none of the page's. */
export function waitingKey(pressed: PressedKey): WaitingKey {
  const { key, shiftKey } = pressed;
  if (modifiers.has(key)) return 'pass';
  if (browserKeys.has(key) || (shiftKey && browserShiftKeys.has(key))) return 'refuse';
  const isCommand = (pressed.ctrlKey || pressed.metaKey) && !pressed.altGraph;
  if (!isCommand || editing.has(key) || gridAction(pressed) !== undefined) return 'wait';
  const letter = letterOf(pressed) ?? '';
  if (refusedLetters.has(letter)) return 'refuse';
  return pageLetters.has(letter) ? 'wait' : 'pass';
}
