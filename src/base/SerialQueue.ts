/** Runs asynchronous tasks one after another, in the order in which they were submitted. */
export class SerialQueue {
  private last: Promise<void> = Promise.resolve();
  private pending = 0;

  /** Whether every task has ended. */
  get isIdle(): boolean {
    return this.pending === 0;
  }

  /**
   * Runs a task after all earlier ones have settled, whether they succeeded or failed; the task never starts before
   * this call returns.
   * @returns what the task returns; rejects with what the task throws, which does not stop later tasks
   */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    this.pending++;
    const ended = (): void => {
      this.pending--;
    };
    const result = this.last.then(task);
    this.last = result.then(ended, ended);
    return result;
  }

  /** Resolves when all tasks submitted so far have settled, failed ones included; it does not wait for later ones. */
  idle(): Promise<void> {
    return this.last;
  }
}
