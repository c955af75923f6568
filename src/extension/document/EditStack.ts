/** Where an edit was typed: in which view of the dataset, and in which run of typing there. */
export interface EditOrigin {
  view: object;
  /** by it the page of the view knows the edit */
  run: number;
}

/** One edit on the stack; `origin` is undefined for one that was not typed into a page. */
export interface StackedEdit {
  readonly origin: EditOrigin | undefined;
  /** Whether taking it back changes nothing: what was typed has been removed again before it was committed. */
  readonly isVoid: () => boolean;
}

export type Direction = 'undo' | 'redo';

/**
 * A copy of VS Code's undo stack for one dataset. VS Code does not tell which edit the next undo is about; this copy
 * knows, because it sees every edit that is reported and every one that is undone or redone.
 */
export class EditStack {
  private readonly edits: StackedEdit[] = [];
  /** how many of {@link edits} are done; those behind can be redone */
  private done = 0;
  /** how often the stack has changed, and how often by each view */
  private moves = 0;
  private readonly movesOf = new WeakMap<object, number>();

  /** Notes a new edit; what could be redone until now cannot be redone any more. */
  push(origin?: EditOrigin, isVoid: () => boolean = () => false): StackedEdit {
    const edit: StackedEdit = { origin, isVoid };
    this.edits.length = this.done;
    this.done = this.edits.push(edit);
    this.moved(origin?.view);
    return edit;
  }

  /** Notes that an edit was undone or redone. @param view the view whose user wanted it, if known */
  replayed(edit: StackedEdit, direction: Direction, view?: object): void {
    const at = this.edits.indexOf(edit);
    if (at < 0) return;
    this.done = direction === 'undo' ? at : at + 1;
    this.moved(view);
  }

  /** The edit that an undo or redo would concern now. */
  next(direction: Direction): StackedEdit | undefined {
    return this.edits[direction === 'undo' ? this.done - 1 : this.done];
  }

  /** Whether undo and redo have nothing to reach. */
  get isEmpty(): boolean {
    return this.edits.length === 0;
  }

  /** Whether undo or redo can still reach an edit. */
  holds(edit: StackedEdit): boolean {
    return this.edits.includes(edit);
  }

  /** Whether an undo or redo can still reach an edit of this run of typing. */
  has({ view, run }: EditOrigin, direction: Direction): boolean {
    const reachable = direction === 'undo' ? this.edits.slice(0, this.done) : this.edits.slice(this.done);
    return reachable.some(({ origin }) => origin?.view === view && origin.run === run);
  }

  /** How often something other than this view has changed the stack. */
  changesBesides(view: object): number {
    return this.moves - (this.movesOf.get(view) ?? 0);
  }

  private moved(view: object | undefined): void {
    this.moves++;
    if (view !== undefined) this.movesOf.set(view, (this.movesOf.get(view) ?? 0) + 1);
  }
}

/** Whether two edits are parts of one run of typing, which a save in between has split. */
export function isSameRun(
  a: Pick<StackedEdit, 'origin'> | undefined,
  b: Pick<StackedEdit, 'origin'> | undefined,
): boolean {
  if (a?.origin === undefined || b?.origin === undefined) return false;
  return a.origin.view === b.origin.view && a.origin.run === b.origin.run;
}
