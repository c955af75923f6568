import type { TextField } from '../shared/CaretFinder';
import { historyKey } from './historyKey';
import { TypingRuns } from './TypingRuns';

/**
 * Undo within one field. VS Code takes the undo keys of every frame for the document, whose undo steps are whole
 * caption edits. While the field differs from the last edit that the document knows, this class handles the keys and
 * undoes typing; otherwise they go to the document.
 */
export class LocalUndo {
  private baseline = '';
  private readonly runs: TypingRuns;

  constructor(private readonly area: TextField) {
    this.runs = TypingRuns.of(area);
    this.settle();
  }

  /** Called when the text of the field became an edit of the document, whose undo then covers it. */
  commit(): void {
    this.runs.end();
    // What was typed and taken back is no edit, and redo can still bring it back.
    if (this.area.value !== this.baseline) this.settle();
  }

  /** Shows a text from the document, unless it is shown already; the caret stays at the same characters. */
  setText(text: string): void {
    if (this.area.value === text) return;
    showText(this.area, text);
    this.settle();
  }

  private settle(): void {
    this.baseline = this.area.value;
    this.runs.forget();
  }

  /** Handles the undo and redo keys. */
  onKeydown(event: KeyboardEvent): void {
    const key = historyKey(event);
    const isUndo = key === 'undo' && this.area.value !== this.baseline && this.runs.canUndo;
    const isRedo = key === 'redo' && this.runs.canRedo;
    if (!isUndo && !isRedo) return;
    event.preventDefault();
    event.stopPropagation();
    this.runs.replay(key);
  }
}

/** Shows another text in a field; the caret stays at the same characters. */
export function showText(area: TextField, text: string): void {
  const before = area.value;
  const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area;
  // Outside the field, a caret at the end stays there: typing goes on behind a text that was pasted meanwhile.
  const { activeElement } = area.getRootNode() as Document | ShadowRoot;
  const staysAtEnd = activeElement !== area && selectionStart === before.length;
  area.value = text;
  if (staysAtEnd) return;
  // Setting the value moved the caret to the end. In Chromium, setting the selection does not move the focus.
  area.setSelectionRange(
    moveCaret(before, text, selectionStart ?? 0),
    moveCaret(before, text, selectionEnd ?? 0),
    selectionDirection ?? 'none',
  );
  area.scrollTop = scrollTop;
}

/** The caret position after `before` was replaced by `after`: at the same characters, if they still exist. */
function moveCaret(before: string, after: string, caret: number): number {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  if (caret <= prefix) return caret;
  return Math.max(prefix, Math.min(after.length, after.length - (before.length - caret)));
}
