import type { TextField } from '../shared/CaretFinder';
import { insertAsTyped, runEditCommand } from '../undo/editCommand';
import { tabStopAfter } from './tabStops';

/** The text that a key types; undefined if it types none. */
export function textOfKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string | undefined {
  // With AltGr, some systems report Ctrl and Alt for a letter.
  const isCommand = metaKey || ctrlKey !== altKey;
  return Array.from(key).length === 1 && !isCommand ? key : undefined;
}

/** Does to the focused field what the browser does by default on a key, so that undo knows of it. */
export function typeKey(field: TextField, typed: KeyboardEvent): void {
  const text = textOfKey(typed);
  if (text !== undefined) {
    insertAsTyped(text);
    return;
  }
  const { key, shiftKey } = typed;
  const command = typed.ctrlKey || typed.metaKey;
  const unit = command ? 'word' : 'character';
  switch (key) {
    case 'Enter':
      // As a line break, not as a letter: what follows letters, such as suggestions, does not follow it.
      if (field instanceof HTMLTextAreaElement && !command) run('insertLineBreak');
      break;
    case 'Backspace':
    case 'Delete': {
      const isBack = key === 'Backspace';
      if (command && field.selectionStart === field.selectionEnd) move('extend', isBack ? 'backward' : 'forward', unit);
      run(isBack ? 'delete' : 'forwardDelete');
      break;
    }
    case 'ArrowLeft':
    case 'ArrowRight':
      move(shiftKey ? 'extend' : 'move', key === 'ArrowLeft' ? 'left' : 'right', unit);
      break;
    case 'ArrowUp':
    case 'ArrowDown':
      move(shiftKey ? 'extend' : 'move', key === 'ArrowUp' ? 'backward' : 'forward', 'line');
      break;
    case 'Home':
    case 'End':
      move(
        shiftKey ? 'extend' : 'move',
        key === 'Home' ? 'backward' : 'forward',
        command ? 'documentboundary' : 'lineboundary',
      );
      break;
    case 'Tab':
      if (!command) tabStopAfter(field, shiftKey ? -1 : 1)?.focus();
      break;
    default:
      if (command) runCommandKey(field, key.toLowerCase(), shiftKey);
  }
}

function runCommandKey(field: TextField, letter: string, shiftKey: boolean): void {
  if (letter === 'a') field.select();
  else if (letter === 'c') run('copy');
  else if (letter === 'x') run('cut');
  else if (letter === 'y' || (letter === 'z' && shiftKey)) run('redo');
  else if (letter === 'z') run('undo');
}

function move(alter: 'move' | 'extend', direction: 'left' | 'right' | 'backward' | 'forward', unit: string): void {
  // Moves the caret in the field that has the focus.
  window.getSelection()?.modify(alter, direction, unit);
}

function run(command: string): void {
  runEditCommand(command);
}
