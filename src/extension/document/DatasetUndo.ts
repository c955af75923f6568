import type { EditOrder } from './EditOrder';
import { type Direction, type EditOrigin, EditStack, isSameRun, type StackedEdit } from './EditStack';
import type { UndoCommands } from './UndoCommands';

/** How an undo or redo ended that a page had asked for. */
export interface Replayed {
  /** false if there was nothing to take back or to make again */
  done: boolean;
  /** the run of typing in that page that it concerned; undefined for any other edit */
  run: number | undefined;
}

/** Takes one edit back or makes it again. */
type Replay = (direction: Direction) => Promise<void>;

/**
 * Undo and redo of one dataset, in step with VS Code's stack. That can only be moved by commands for the editor in
 * front. When another one has come to the front, the edit is taken back here all the same, and VS Code's stack follows
 * later: what it calls then has been done. So it is with a dataset that a command for another one has moved.
 */
export class DatasetUndo {
  readonly stack = new EditStack();
  private readonly replays = new WeakMap<StackedEdit, Replay>();
  /** the edits that are done here and not for VS Code, or the other way round */
  private readonly apart = new Set<StackedEdit>();
  /** set while the order waits for an undo or redo of VS Code, which calls back: the view that wanted it */
  private replayFor: { view: object } | undefined;

  /** @param moved called when an edit was undone or redone */
  constructor(
    private readonly order: EditOrder,
    private readonly commands: UndoCommands,
    private readonly moved: () => void,
  ) {}

  /** Notes a new edit. @returns what VS Code is to call */
  record(replay: (direction: Direction) => Promise<void> | void, origin?: EditOrigin, isVoid?: () => boolean): Replay {
    const edit = this.stack.push(origin, isVoid);
    const here: Replay = async (direction) => {
      await replay(direction);
      this.stack.replayed(edit, direction, this.replayFor?.view);
      this.moved();
    };
    this.replays.set(edit, here);
    return async (direction) => {
      this.commands.reached();
      const isAsked = this.replayFor !== undefined;
      const turn = async (): Promise<void> => {
        const isBehind = this.apart.has(edit) || !this.stack.holds(edit);
        if (isAsked ? this.stack.next(direction) === edit : !isBehind) await here(direction);
        else this.toggle(edit);
      };
      if (this.commands.isForOther(this)) this.toggle(edit);
      // The order waits for this very call when a page asked for the undo.
      else await (isAsked ? turn() : this.order.run(turn));
    };
  }

  /**
   * Takes back the last edit, or makes it again. Undo of typing takes back the whole run, even if a save has split it.
   * @param view the view whose user wants it
   * @param isActive whether the view is in front, as far as is known
   */
  async replayNext(direction: Direction, view: object, isActive: () => boolean): Promise<Replayed> {
    const { stack } = this;
    let first = stack.next(direction);
    let isDone = false;
    this.replayFor = { view };
    try {
      for (let next = first; next !== undefined; next = stack.next(direction)) {
        if (next !== first && !isSameRun(next, first)) {
          if (first?.isVoid() !== true) break;
          // A step that changes nothing would look like a key that does nothing.
          first = next;
        }
        await this.replay(next, direction, isActive);
        isDone = true;
      }
    } finally {
      this.replayFor = undefined;
    }
    return { done: isDone, run: isDone && first?.origin?.view === view ? first.origin.run : undefined };
  }

  private async replay(edit: StackedEdit, direction: Direction, isActive: () => boolean): Promise<void> {
    await this.commands.run(direction, this, () => isActive() && !this.apart.has(edit));
    if (this.stack.next(direction) !== edit) return;
    await this.replays.get(edit)?.(direction);
    this.toggle(edit);
  }

  /** One of the two has taken an edit back or made it again: the captions or VS Code's stack. */
  private toggle(edit: StackedEdit): void {
    if (!this.apart.delete(edit)) this.apart.add(edit);
  }
}
