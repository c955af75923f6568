import { performance } from 'node:perf_hooks';

/** The clock of the queue; tests replace it. */
export interface PaceClock {
  /** milliseconds, which never go back */
  now(): number;
  /**
   * Calls a function once, later.
   * @param milliseconds from now
   * @returns a function that cancels it
   */
  after(milliseconds: number, run: () => void): () => void;
  /** a number from 0 (inclusive) to 1 (exclusive), for jitter */
  random(): number;
}

/** The clock of this machine. */
export const machineClock: PaceClock = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
  random: Math.random,
};
