import { SerialQueue } from '../../base/SerialQueue';
import type { Direction } from './EditStack';

/**
 * VS Code's commands undo and redo, for all open datasets: one at a time. They act on the editor that is in front when
 * they arrive, a round trip after they were asked for, and that may be another dataset.
 */
export class UndoCommands {
  private readonly queue = new SerialQueue();
  private asker: object | undefined;
  private hasReached = false;

  /** @param execute runs a command of VS Code, and learns whether that has reached a dataset */
  constructor(private readonly execute: (direction: Direction, isOnDataset: () => boolean) => Promise<void>) {}

  /** Runs a command for one of the datasets, if it is still wanted when it is its turn. */
  run(direction: Direction, asker: object, isWanted: () => boolean): Promise<void> {
    return this.queue.run(async () => {
      this.asker = asker;
      this.hasReached = false;
      try {
        if (isWanted()) await this.execute(direction, () => this.hasReached);
      } finally {
        this.asker = undefined;
      }
    });
  }

  /** VS Code asks one of the datasets for an undo or redo. */
  reached(): void {
    this.hasReached = true;
  }

  /** Whether what VS Code asks of a dataset now was meant for another one. */
  isForOther(dataset: object): boolean {
    return this.asker !== undefined && this.asker !== dataset;
  }
}
