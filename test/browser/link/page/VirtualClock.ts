interface Timer {
  at: number;
  id: number;
  run: () => void;
  /** of a timer that repeats, the time between two runs */
  every?: number;
}

/** What a clock takes the place of. */
export interface ClockTarget {
  setTimeout: unknown;
  clearTimeout: unknown;
  setInterval: unknown;
  clearInterval: unknown;
  requestAnimationFrame: unknown;
  cancelAnimationFrame: unknown;
  Date: { now: () => number };
  performance: { now: () => number };
}

/** How long a frame of the screen takes, in milliseconds. */
const frame = 16;

/**
 * A clock that stands still until it is advanced: seconds of pauses and of a slow link cost nothing, and two runs of the
 * same keys find all timers of page, link and host in the same order.
 */
export class VirtualClock {
  now = 1_000_000;
  private nextId = 1;
  private readonly timers = new Map<number, Timer>();

  /** @param turn resolves when promises and messages that are under way have had their turn */
  constructor(private readonly turn: () => Promise<void>) {}

  /** Calls back after some milliseconds of this clock. */
  after(delay: number, run: () => void): number {
    return this.add({ at: this.now + Math.max(0, delay), run });
  }

  /** Replaces the timers of a window. */
  install(target: ClockTarget): void {
    const clear = (id?: number): void => {
      if (id !== undefined) this.timers.delete(id);
    };
    target.setTimeout = (run: (...given: unknown[]) => void, delay = 0, ...given: unknown[]) =>
      this.after(delay, () => {
        run(...given);
      });
    target.setInterval = (run: () => void, every = 0) =>
      this.add({ at: this.now + Math.max(1, every), run, every: Math.max(1, every) });
    target.requestAnimationFrame = (run: (now: number) => void) =>
      this.after(frame - (this.now % frame), () => {
        run(this.now);
      });
    target.clearTimeout = clear;
    target.clearInterval = clear;
    target.cancelAnimationFrame = clear;
    target.Date.now = () => this.now;
    target.performance.now = () => this.now;
  }

  /** Lets time pass, and all that falls due in it happen, in order. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await this.turn();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.now = Math.max(this.now, next.at);
      this.timers.delete(next.id);
      if (next.every !== undefined) this.timers.set(next.id, { ...next, at: this.now + next.every });
      next.run();
      await this.turn();
    }
    this.now = end;
  }

  private add(timer: Omit<Timer, 'id'>): number {
    const id = this.nextId++;
    this.timers.set(id, { ...timer, id });
    return id;
  }

  /** The timer that falls due next, up to a time: of two at the same time the one that was set first. */
  private next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers.values()) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}
