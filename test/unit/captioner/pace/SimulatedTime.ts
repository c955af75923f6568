import type { PaceClock } from '../../../../src/captioner/pace/PaceClock';
import { seededRandom } from '../../shared/testFolder';

/** A clock whose time passes only when a test says so, and at once. */
export class SimulatedTime implements PaceClock {
  private time = 0;
  private next = 0;
  private timers: { at: number; order: number; run: () => void }[] = [];
  private readonly below: (below: number) => number;

  constructor(seed = 1) {
    this.below = seededRandom(seed);
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return this.below(1_000_000) / 1_000_000;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + Math.max(0, milliseconds), order: this.next++, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** Waits in simulated time. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Lets time pass, with all that happens in it. @param until in milliseconds since the beginning */
  async pass(until: number): Promise<void> {
    await settled();
    for (;;) {
      const due = this.timers
        .filter(({ at }) => at <= until)
        .reduce<(typeof this.timers)[number] | undefined>(
          (first, each) =>
            first === undefined || each.at < first.at || (each.at === first.at && each.order < first.order)
              ? each
              : first,
          undefined,
        );
      if (due === undefined) break;
      this.timers = this.timers.filter((each) => each !== due);
      this.time = Math.max(this.time, due.at);
      due.run();
      await settled();
    }
    this.time = until;
  }
}

/** Lets all promises go on that can. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
