import { performance } from 'node:perf_hooks';
import { timeProof, type TimedProof } from './scoreProof';
import type { ScoringSession } from './ScoringSession';

/** A provider that takes less than this part of the CPU's first run is faster, however much that run allocated. */
const clearlyFaster = 0.5;

/** The model on the CPU: what the others are compared with, and what is used when none of them is better. */
export class CpuReference {
  /** how long the model took to load, in milliseconds; 0 until it is loaded */
  loadTime = 0;
  private opened: Promise<ScoringSession> | undefined;
  private proven: Promise<TimedProof> | undefined;

  constructor(private readonly open: () => Promise<ScoringSession>) {}

  /** The loaded model. @throws ModelError, NativePackageError */
  session(): Promise<ScoringSession> {
    this.opened ??= this.load();
    return this.opened;
  }

  /** The scores of the proof picture, and the time of that run, which is the first. */
  proof(): Promise<TimedProof> {
    this.proven ??= this.session().then(timeProof);
    return this.proven;
  }

  /**
   * The time of a run that is not the first, or of the first if it does not matter, in milliseconds.
   * @param other what it is to be compared with, in milliseconds
   */
  async fastest(other: number): Promise<number> {
    const { milliseconds } = await this.proof();
    if (other < milliseconds * clearlyFaster) return milliseconds;
    return Math.min(milliseconds, (await timeProof(await this.session())).milliseconds);
  }

  /** Frees the model's memory, if it was loaded. */
  async release(): Promise<void> {
    await (await this.opened)?.release();
  }

  private async load(): Promise<ScoringSession> {
    const start = performance.now();
    const session = await this.open();
    this.loadTime = performance.now() - start;
    return session;
  }
}
