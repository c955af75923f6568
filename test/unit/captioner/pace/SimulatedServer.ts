import type { Attempt } from '../../../../src/captioner/pace/EndpointQueue';
import type { SimulatedTime } from './SimulatedTime';

/** How a simulated server works. */
export interface ServerHabits {
  /** how many requests it works on at a time; the others wait (default: all) */
  slots?: number;
  /** how long it works on one, in milliseconds */
  latency: () => number;
  /** requests beyond this number are refused at once (default: none) */
  refuseAbove?: number;
  /** how long a request is on its way, in milliseconds (default: 0) */
  way?: () => number;
}

/** A server in simulated time. */
export class SimulatedServer {
  inFlight = 0;
  mostInFlight = 0;
  refused = 0;
  /** when it gave its answers, in milliseconds */
  readonly answers: number[] = [];
  /** how many requests were in flight when each came */
  readonly seen: { time: number; inFlight: number }[] = [];
  /** while it is set, every request gets this */
  state: Attempt<string> | undefined;
  private working = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly time: SimulatedTime,
    readonly habits: ServerHabits,
  ) {}

  async answer(): Promise<Attempt<string>> {
    const { slots = Infinity, latency, refuseAbove = Infinity, way } = this.habits;
    if (way !== undefined) await this.time.sleep(way());
    this.inFlight++;
    this.seen.push({ time: this.time.now(), inFlight: this.inFlight });
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      if (this.state !== undefined) {
        await this.time.sleep(5);
        return this.state;
      }
      if (this.inFlight > refuseAbove) {
        this.refused++;
        await this.time.sleep(5);
        return { kind: 'later', cause: 'overload', error: new Error('too many requests') };
      }
      if (this.working >= slots) await new Promise<void>((resolve) => this.waiting.push(resolve));
      this.working++;
      await this.time.sleep(latency());
      this.working--;
      this.waiting.shift()?.();
      this.answers.push(this.time.now());
      return { kind: 'done', value: 'caption', isMeasured: true };
    } finally {
      this.inFlight--;
    }
  }

  /** Answers per second between two times in milliseconds. */
  rate(from: number, until: number): number {
    return this.answers.filter((time) => time >= from && time < until).length / ((until - from) / 1000);
  }

  /** The most requests at a time from a time on, in milliseconds. */
  mostSince(from: number): number {
    return Math.max(0, ...this.seen.filter(({ time }) => time >= from).map(({ inFlight }) => inFlight));
  }
}
