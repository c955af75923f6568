import { backoff } from '../../base/backoff';
import type { PaceClock } from './PaceClock';
import { RequestWindow, type RequestEnd, type Ticket } from './RequestWindow';

/**
 * Whether an endpoint gets requests. `ready`: yes; `waiting`: after the pause that it asked for; `away`: only a probe,
 * one at a time; `out`: never again.
 */
export type LaneState = 'ready' | 'waiting' | 'away' | 'out';

/** How long an endpoint may be away. Times are in milliseconds. */
export interface Patience {
  /** longer than a restart with a large model takes */
  usual: number;
  /** for one that has never answered: its address is probably wrong */
  atFirst: number;
}

/** Backoff between probes of an endpoint that is away, in milliseconds. */
const awayPauses = { first: 1000, longest: 15_000, jitter: 0.5 };
/** Backoff after an overload for which the endpoint names no pause, while no other request is in flight, in ms. */
const overloadPauses = { first: 500, longest: 15_000, jitter: 0.5 };
/** After so many broken or timed-out answers in a row, the endpoint counts as away. */
const failuresUntilAway = 3;

/** One endpoint of a queue: its window, and whether it can be reached. */
export class EndpointLane {
  readonly window: RequestWindow;
  /** why it gets no requests, or fewer; undefined while all is well */
  problem: Error | undefined;
  /** how many answers it gave, captions or not */
  answered = 0;
  /** whether it answered a request since it was last away: before, it may have to load the model */
  isWarm = false;
  private isAway = false;
  private isOut = false;
  private isKnown = false;
  private heldUntil = -Infinity;
  private failures = 0;
  private pauses = 0;
  /** since when it has had problems; undefined while all is well */
  private troubleSince: number | undefined;

  constructor(
    readonly endpoint: string,
    maximumInFlight: number,
    private readonly clock: PaceClock,
    private readonly patience: Patience,
  ) {
    this.window = new RequestWindow(maximumInFlight);
  }

  get state(): LaneState {
    if (this.isOut) return 'out';
    if (this.isAway) return 'away';
    return this.heldUntil > this.clock.now() ? 'waiting' : 'ready';
  }

  /** When it may get a request, in milliseconds: now or earlier; Infinity while that depends on those in flight. */
  get admitsAt(): number {
    if (this.isOut) return Infinity;
    const most = this.isAway ? 1 : this.window.size;
    return this.window.inFlight < most ? this.heldUntil : Infinity;
  }

  /** Whether it was away for so long, or wants such a long pause, that waiting makes no sense. */
  get isHopeless(): boolean {
    if (this.isOut) return true;
    const now = this.clock.now();
    if (this.heldUntil - now > this.patience.usual) return true;
    const { usual, atFirst } = this.patience;
    return this.troubleSince !== undefined && now - this.troubleSince >= (this.isKnown ? usual : atFirst);
  }

  begin(): Ticket {
    return this.window.begin(this.clock.now());
  }

  /** It answered, with a caption or not. @param isMeasured whether the time of the answer counts as a measurement */
  good(ticket: Ticket, isMeasured: boolean): void {
    this.end(ticket, isMeasured ? 'answered' : 'other');
    this.answered++;
    if (this.isAway) this.window.resume(this.clock.now());
    this.isAway = false;
    this.isKnown = true;
    this.isWarm = true;
    this.failures = 0;
    this.pauses = 0;
    this.troubleSince = undefined;
    if (!this.isOut) this.problem = undefined;
  }

  /** A request ended for a reason that has nothing to do with the endpoint. */
  neutral(ticket: Ticket): void {
    this.end(ticket, 'other');
  }

  /** It gets no more requests. */
  leaveOut(ticket: Ticket, problem: Error): void {
    this.end(ticket, 'other');
    this.isOut = true;
    this.problem = problem;
  }

  /** It refused a request for too much load. @param after how long it wants us to wait, in milliseconds */
  overloaded(ticket: Ticket, problem: Error, after: number | undefined): void {
    this.isKnown = true;
    this.trouble(problem);
    this.end(ticket, 'overload');
    const isAlone = this.window.inFlight === 0;
    const own = isAlone ? backoff(++this.pauses, overloadPauses, () => this.clock.random()) : 0;
    this.hold(Math.max(after ?? 0, own));
  }

  /** An answer broke off, or did not come in time. */
  failed(ticket: Ticket, problem: Error, how: 'broken' | 'timeout'): void {
    // An endpoint that breaks off an answer exists.
    this.isKnown = true;
    this.trouble(problem);
    this.end(ticket, how === 'timeout' ? 'timeout' : 'other');
    if (++this.failures >= failuresUntilAway || this.isAway) this.goAway(undefined);
  }

  /**
   * It is not available. @param isHeard whether something answered all the same: a proxy, or itself while it starts
   */
  gone(ticket: Ticket, problem: Error, isHeard: boolean, after: number | undefined): void {
    this.isKnown ||= isHeard;
    this.trouble(problem);
    this.end(ticket, 'other');
    this.goAway(after);
  }

  /** All waiting requests were rejected: for later ones, the time that it may be away begins anew. */
  forgetTrouble(): void {
    if (this.troubleSince !== undefined) this.troubleSince = this.clock.now();
    this.heldUntil = -Infinity;
  }

  private goAway(after: number | undefined): void {
    // Other requests that were in flight when the first one failed are no further evidence.
    const isNews = !this.isAway || this.window.inFlight === 0;
    this.isAway = true;
    this.isWarm = false;
    if (isNews)
      this.hold(
        Math.max(
          after ?? 0,
          backoff(++this.pauses, awayPauses, () => this.clock.random()),
        ),
      );
  }

  private hold(milliseconds: number): void {
    if (milliseconds > 0) this.heldUntil = Math.max(this.heldUntil, this.clock.now() + milliseconds);
  }

  private trouble(problem: Error): void {
    this.problem = problem;
    this.troubleSince ??= this.clock.now();
  }

  private end(ticket: Ticket, how: RequestEnd): void {
    this.window.end(ticket, this.clock.now(), how);
  }
}
