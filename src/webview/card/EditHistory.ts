import type { CaptionOf } from '../../protocol/page/cardProtocol';

/** One step of undo that was typed in this page. */
export interface TypedEdit extends CaptionOf {
  /** the number of the run of typing, by which the host knows it */
  run: number;
  before: string;
  after: string;
}

export type Direction = 'undo' | 'redo';

/**
 * The edits of this page that undo and redo would concern next, as far as the page knows. The host has the whole stack;
 * with this part of it the page can show at once what an undo brings. What it does not know, it does not guess: below
 * the oldest known edit anything may be, unless there was nothing on the stack when the page began.
 */
export class EditHistory {
  private done: TypedEdit[] = [];
  private undone: TypedEdit[] = [];
  /** whether {@link done} is all that can be taken back */
  private knowsDone = false;
  /** whether {@link undone} is all that can be redone: so it is after an edit of this page */
  private knowsUndone = false;

  /** There is nothing on the stack. */
  beginEmpty(): void {
    this.forget();
    this.knowsDone = this.knowsUndone = true;
  }

  /** Notes an edit that has become a step of undo. */
  add(edit: TypedEdit): void {
    this.done.push(edit);
    this.undone = [];
    this.knowsUndone = true;
  }

  /**
   * Takes the step that an undo or redo concerns.
   * @returns 'none' if there is none; undefined if it is not known, and then nothing is known of those that follow
   */
  take(direction: Direction): TypedEdit | 'none' | undefined {
    const isUndo = direction === 'undo';
    const [from, to] = isUndo ? [this.done, this.undone] : [this.undone, this.done];
    if (from.length === 0 && (isUndo ? this.knowsDone : this.knowsUndone)) return 'none';
    const edit = from.pop();
    if (edit === undefined) this.forget();
    else to.push(edit);
    return edit;
  }

  /** Something else has changed the stack of undo, so that the page does not know any more what is on it. */
  forget(): void {
    this.done = [];
    this.undone = [];
    this.knowsDone = this.knowsUndone = false;
  }
}
