import { AsyncLocalStorage } from 'node:async_hooks';
import { SerialQueue } from '../../base/SerialQueue';

/**
 * The one order in which a dataset is edited: what is typed, edits of many captions, undo and redo follow one another
 * in the order in which they were asked for. A task may ask for further parts of itself, which run at once: waiting for
 * its own end, it would wait for ever.
 */
export class EditOrder {
  private readonly queue = new SerialQueue();
  private readonly running = new AsyncLocalStorage<{ isOver: boolean }>();

  /** Whether nothing is under way. */
  get isIdle(): boolean {
    return this.queue.isIdle;
  }

  /** Runs a task after all earlier ones; within a task, at once. @returns what the task returns or throws */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    const outer = this.running.getStore();
    // Timers inherit the store of the task that set them: when they go off, it is over.
    if (outer?.isOver === false) return Promise.resolve().then(task);
    const turn = { isOver: false };
    return this.queue.run(async () => {
      try {
        return await this.running.run(turn, task);
      } finally {
        turn.isOver = true;
      }
    });
  }

  /** Resolves when all tasks so far have ended; within a task, at once. */
  async idle(): Promise<void> {
    if (this.running.getStore()?.isOver !== false) await this.queue.idle();
  }
}
