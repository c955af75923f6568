/** Runs asynchronous tasks one after the other, in the order in which they were given. */
export class SerialQueue {
  private last: Promise<void> = Promise.resolve();
  private pending = 0;

  /** Whether every task has ended. */
  get isIdle(): boolean {
    return this.pending === 0;
  }

  /**
   * Runs a task after all that were given before, however they end; never before this call returns.
   * @returns what the task returns or throws: an error is its caller's alone and does not stop the next task
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

  /** Resolves when all tasks that were given so far have ended, however; it does not wait for later ones. */
  idle(): Promise<void> {
    return this.last;
  }
}
