/** Calls a function after a time without work. Its timer does not keep the process alive. */
export class IdleTimer {
  private active = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onIdle: () => void) {}

  /**
   * Runs `work`. The idle time starts when no work is running any more.
   * @param idleSeconds how long to be idle before the function is called; 0 for never
   */
  async during<T>(idleSeconds: number, work: () => Promise<T>): Promise<T> {
    this.active++;
    clearTimeout(this.timer);
    try {
      return await work();
    } finally {
      this.active--;
      if (this.active === 0 && idleSeconds > 0) {
        // setTimeout fires at once for delays beyond 2^31 - 1 ms (24 days).
        const delay = Math.min(idleSeconds * 1000, 2 ** 31 - 1);
        this.timer = setTimeout(this.onIdle, delay).unref();
      }
    }
  }
}
