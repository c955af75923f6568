import type { TextField } from './CaretFinder';

/**
 * Undo inside one field. VS Code handles the undo keys of every frame for the document, so that typing could only be
 * undone caption by caption. While the field differs from the last edit that the document knows, the keys undo typing;
 * otherwise they are left to the document.
 */
export class LocalUndo {
  private baseline = '';
  /** undone steps that redo can bring back */
  private undone = 0;

  constructor(private readonly area: TextField) {
    this.baseline = area.value;
  }

  /** Called when the text of the field became an edit of the document: from now on the document undoes it. */
  commit(): void {
    this.baseline = this.area.value;
    this.undone = 0;
    // Chromium merges typing into one undo step until the caret moves. Moving it ends the step with the commit.
    const { selectionStart, selectionEnd, selectionDirection } = this.area;
    this.area.setSelectionRange(0, 0);
    this.area.setSelectionRange(selectionStart, selectionEnd, selectionDirection ?? 'none');
  }

  /** Shows a text that comes from the document, if it is not shown already; the caret stays at its letters. */
  setText(text: string): void {
    const { area } = this;
    if (area.value === text) return;
    const before = area.value;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area;
    area.value = text;
    // Setting the value moves the caret to the end, and in Chromium setting a caret takes no focus.
    area.setSelectionRange(
      moveCaret(before, text, selectionStart ?? 0),
      moveCaret(before, text, selectionEnd ?? 0),
      selectionDirection ?? 'none',
    );
    area.scrollTop = scrollTop;
    this.baseline = text;
    this.undone = 0;
  }

  /** Handles an `input` event: counts what redo could bring back. */
  onInput(event: Event): void {
    const type = event instanceof InputEvent ? event.inputType : '';
    if (type === 'historyUndo') this.undone++;
    else if (type === 'historyRedo') this.undone = Math.max(0, this.undone - 1);
    else this.undone = 0;
  }

  /** Handles the keys of undo and redo. */
  onKeydown(event: KeyboardEvent): void {
    if (event.altKey || !(event.ctrlKey || event.metaKey)) return;
    // The key code names the key where a layout or an input method gives it another letter.
    const code = keyCodeOf(event);
    const z = event.key.toLowerCase() === 'z' || code === 90;
    const y = event.key.toLowerCase() === 'y' || code === 89;
    if (z && !event.shiftKey) {
      if (this.area.value !== this.baseline) this.run(event, 'undo');
    } else if (y || z) {
      if (this.undone > 0) this.run(event, 'redo');
    }
  }

  private run(event: KeyboardEvent, command: 'undo' | 'redo'): void {
    event.preventDefault();
    event.stopPropagation();
    // Still the only way to the undo stack that typing feeds.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing has replaced it
    document.execCommand(command);
  }
}

function keyCodeOf(event: KeyboardEvent): number {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- `code` names the place of the key, not its letter
  return event.keyCode;
}

/** The position of the caret after `before` was replaced by `after`: at the same letters, if they are still there. */
function moveCaret(before: string, after: string, caret: number): number {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  if (caret <= prefix) return caret;
  return Math.max(prefix, Math.min(after.length, after.length - (before.length - caret)));
}

/** Replaces the selection in the focused field by a text that Ctrl+Z undoes like typing. */
export function insertAsTyped(text: string): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to the undo stack that typing feeds
  document.execCommand('insertText', false, text);
}
