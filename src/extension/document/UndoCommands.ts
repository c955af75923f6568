import { SerialQueue } from '../../base/SerialQueue';
import type { Direction } from './EditStack';

/**
 * VS Code's commands undo and redo, for all open datasets: one at a time. They act on the editor that is in front when
 * they arrive, a round trip after they were asked for, and that may be another dataset.
 */
export class UndoCommands {
  private readonly queue = new SerialQueue();
  private asker: object | undefined;

  /** @param execute runs a command of VS Code */
  constructor(private readonly execute: (direction: Direction) => Promise<void>) {}

  /** Runs a command for one of the datasets, if it is still wanted when it is its turn. */
  run(direction: Direction, asker: object, isWanted: () => boolean): Promise<void> {
    return this.queue.run(async () => {
      this.asker = asker;
      try {
        if (isWanted()) await this.execute(direction);
      } finally {
        this.asker = undefined;
      }
    });
  }

  /** Whether what VS Code asks of a dataset now was meant for another one. */
  isForOther(dataset: object): boolean {
    return this.asker !== undefined && this.asker !== dataset;
  }
}
