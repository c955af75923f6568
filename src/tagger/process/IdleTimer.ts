/** Calls a function when nothing was done for some time. It never keeps a process alive. */
export class IdleTimer {
  private active = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onIdle: () => void) {}

  /**
   * Runs some work; the time without work begins when the last one ends.
   * @param idleSeconds from then on; 0 for never
   */
  async during<T>(idleSeconds: number, work: () => Promise<T>): Promise<T> {
    this.active++;
    clearTimeout(this.timer);
    try {
      return await work();
    } finally {
      this.active--;
      if (this.active === 0 && idleSeconds > 0) {
        // Longer delays than 24 days end at once.
        const delay = Math.min(idleSeconds * 1000, 2 ** 31 - 1);
        this.timer = setTimeout(this.onIdle, delay).unref();
      }
    }
  }
}
