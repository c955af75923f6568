import type { TextField } from './CaretFinder';
import { historyKey } from './historyKey';

/**
 * Undo within one field. VS Code takes the undo keys of every frame for the document, whose undo steps are whole
 * caption edits. While the field differs from the last edit that the document knows, this class handles the keys and
 * undoes typing; otherwise they go to the document.
 */
export class LocalUndo {
  private baseline = '';
  /** number of undone steps that redo can restore */
  private undone = 0;

  constructor(private readonly area: TextField) {
    this.baseline = area.value;
  }

  /** Called when the text of the field became an edit of the document, whose undo then covers it. */
  commit(): void {
    this.baseline = this.area.value;
    this.undone = 0;
    // Chromium merges typing into one undo step until the caret moves. Moving it ends the step at this commit.
    const { selectionStart, selectionEnd, selectionDirection } = this.area;
    this.area.setSelectionRange(0, 0);
    this.area.setSelectionRange(selectionStart, selectionEnd, selectionDirection ?? 'none');
  }

  /** Shows a text from the document, unless it is shown already; the caret stays at the same characters. */
  setText(text: string): void {
    const { area } = this;
    if (area.value === text) return;
    const before = area.value;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area;
    // Outside the field, a caret at the end stays there: typing goes on behind a text that was pasted meanwhile.
    const { activeElement } = area.getRootNode() as Document | ShadowRoot;
    const staysAtEnd = activeElement !== area && selectionStart === before.length;
    area.value = text;
    if (staysAtEnd) {
      this.settle(text);
      return;
    }
    // Setting the value moved the caret to the end. In Chromium, setting the selection does not move the focus.
    area.setSelectionRange(
      moveCaret(before, text, selectionStart ?? 0),
      moveCaret(before, text, selectionEnd ?? 0),
      selectionDirection ?? 'none',
    );
    area.scrollTop = scrollTop;
    this.settle(text);
  }

  private settle(text: string): void {
    this.baseline = text;
    this.undone = 0;
  }

  /** Handles an `input` event: keeps track of what redo can restore. */
  onInput(event: Event): void {
    const type = event instanceof InputEvent ? event.inputType : '';
    if (type === 'historyUndo') this.undone++;
    else if (type === 'historyRedo') this.undone = Math.max(0, this.undone - 1);
    else this.undone = 0;
  }

  /** Handles the undo and redo keys. */
  onKeydown(event: KeyboardEvent): void {
    const key = historyKey(event);
    const isHere = key === 'undo' ? this.area.value !== this.baseline : key === 'redo' && this.undone > 0;
    if (key === undefined || !isHere) return;
    event.preventDefault();
    event.stopPropagation();
    runEditCommand(key);
  }
}

/** The caret position after `before` was replaced by `after`: at the same characters, if they still exist. */
function moveCaret(before: string, after: string, caret: number): number {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  if (caret <= prefix) return caret;
  return Math.max(prefix, Math.min(after.length, after.length - (before.length - caret)));
}

/** Replaces the selection in the focused field in a way that Ctrl+Z undoes like typing. */
export function insertAsTyped(text: string): void {
  runEditCommand('insertText', text);
}

/**
 * Has the browser do to the focused field what its own keys and menus do: deprecated, but nothing has replaced it, and
 * nothing else reaches the undo stack that typing feeds. It is done when this returns.
 */
export function runEditCommand(command: string, value?: string): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above: nothing has replaced it
  return document.execCommand(command, false, value);
}
