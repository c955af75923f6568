import { backoff } from '../../base/backoff';
import { abortReason } from '../../protocol/channel/Channel';
import { EndpointLane, type Patience } from './EndpointLane';
import type { PaceClock } from './PaceClock';

/** What became of one request. */
export type Attempt<T> =
  | { kind: 'done'; value: T; /** whether its time says something about the load */ isMeasured: boolean }
  /** never sent again to this endpoint; `ofEndpoint`: nor is any other request; `elsewhere`: another may take it */
  | { kind: 'failed'; error: Error; ofEndpoint: boolean; elsewhere?: boolean }
  /** may be sent again; `after` is how long the endpoint wants us to wait, in milliseconds */
  | { kind: 'later'; cause: 'overload' | 'broken' | 'timeout'; error: Error; after?: number | undefined }
  | { kind: 'later'; cause: 'away'; error: Error; after?: number | undefined; isHeard: boolean };

/** Sends one request. @param isFirst whether the endpoint may have to load the model for it */
export type Send<T> = (endpoint: number, isFirst: boolean, signal: AbortSignal) => Promise<Attempt<T>>;

/** How a queue distributes requests. */
export interface QueueOptions {
  /** the addresses, for logs; at least one */
  endpoints: readonly string[];
  /** the most requests in flight at each */
  maximumInFlight: number;
  patience: Patience;
  clock: PaceClock;
  /** makes the error for a request that was tried too often, from its last error */
  givenUp: (cause: 'broken' | 'timeout', last: Error) => Error;
  /** makes the error for all requests when every endpoint is away for too long, from the last problem */
  allAway: (last: Error) => Error;
  /** called after windows or states may have changed */
  onChange?: () => void;
  onLog?: (line: string) => void;
}

interface Item {
  /** ascending in the order of arrival */
  order: number;
  failures: number;
  timeouts: number;
  overloads: number;
  notBefore: number;
  /** the endpoints that do not take it */
  refusedBy: Set<EndpointLane>;
  /** why one of them does not */
  refusal: Error | undefined;
  signal: AbortSignal;
  send: (lane: EndpointLane, index: number) => Promise<void>;
  reject: (error: Error) => void;
}

/** Maximum number of tries of a request whose answers break off. */
const mostFailures = 5;
/** Maximum number of tries of a request that times out. */
const mostTimeouts = 2;
/** Pauses before a request is sent again, in milliseconds. */
const retryPauses = { first: 250, longest: 10_000, jitter: 0.5 };

/**
 * One queue of requests for several endpoints. Each gets as many as its own window lets through, in the order in which
 * they came; one that is away gets single ones from time to time, and its requests go to the others. Only when all are
 * away for too long are the requests rejected. The caller decides what is sent, and what an answer means.
 */
export class EndpointQueue {
  private readonly lanes: EndpointLane[];
  private readonly waiting: Item[] = [];
  /** the endpoints that are logged to be away or left out */
  private readonly absent = new Map<EndpointLane, 'away' | 'out'>();
  private cancelTimer: (() => void) | undefined;
  private next = 0;
  private closed: Error | undefined;

  constructor(private readonly options: QueueOptions) {
    const { endpoints, maximumInFlight, clock, patience } = options;
    this.lanes = endpoints.map((endpoint) => new EndpointLane(endpoint, maximumInFlight, clock, patience));
  }

  /** The endpoints in the order of the options; not to be changed. */
  get endpoints(): readonly EndpointLane[] {
    return this.lanes;
  }

  /** How many requests may be in flight now, at least 1: the windows of all endpoints that are there. */
  get width(): number {
    const ready = this.lanes.filter(({ state }) => state === 'ready' || state === 'waiting');
    return Math.max(
      1,
      ready.reduce((sum, { window }) => sum + window.size, 0),
    );
  }

  /**
   * Sends a request when it is its turn, and again where that helps.
   * @returns what the last try gave
   * @throws the error of a try that is final; `givenUp` and `allAway` of the options; what `send` throws; the signal's
   *   reason
   */
  run<T>(send: Send<T>, signal: AbortSignal): Promise<T> {
    if (this.closed !== undefined) return Promise.reject(this.closed);
    if (signal.aborted) return Promise.reject(abortReason(signal));
    let onAbort: (() => void) | undefined;
    const result = new Promise<T>((resolve, reject) => {
      const item: Item = {
        order: this.next++,
        failures: 0,
        timeouts: 0,
        overloads: 0,
        notBefore: -Infinity,
        refusedBy: new Set(),
        refusal: undefined,
        signal,
        send: (lane, index) => this.attempt(item, lane, index, send, resolve),
        reject,
      };
      onAbort = () => {
        if (this.takeOut(item)) reject(abortReason(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(item);
      this.dispatch();
    });
    return result.finally(() => {
      if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    });
  }

  /** Rejects all waiting requests with this error; those in flight end by their signals. */
  close(error: Error): void {
    this.closed = error;
    this.cancelTimer?.();
    this.rejectWaiting(error);
  }

  private async attempt<T>(
    item: Item,
    lane: EndpointLane,
    index: number,
    send: Send<T>,
    resolve: (value: T) => void,
  ): Promise<void> {
    const ticket = lane.begin();
    let attempt: Attempt<T>;
    try {
      attempt = await send(index, !lane.isWarm, item.signal);
    } catch (thrown) {
      lane.neutral(ticket);
      item.reject(thrown as Error);
      this.changed();
      return;
    }
    switch (attempt.kind) {
      case 'done':
        lane.good(ticket, attempt.isMeasured);
        resolve(attempt.value);
        break;
      case 'failed':
        if (attempt.ofEndpoint) {
          lane.leaveOut(ticket, attempt.error);
          this.again(item, attempt.error);
        } else {
          lane.good(ticket, false);
          item.refusedBy.add(lane);
          item.refusal = attempt.error;
          // Servers behind one queue may be of several kinds, of which one knows no field that another has.
          if (attempt.elsewhere === true && this.isTakenElsewhere(item)) this.again(item, attempt.error);
          else item.reject(attempt.error);
        }
        break;
      case 'later':
        this.later(item, lane, ticket, attempt);
        break;
    }
    this.log(lane);
    this.changed();
  }

  private later(
    item: Item,
    lane: EndpointLane,
    ticket: Parameters<EndpointLane['good']>[0],
    attempt: Extract<Attempt<unknown>, { kind: 'later' }>,
  ): void {
    const { error, after } = attempt;
    switch (attempt.cause) {
      case 'overload':
        lane.overloaded(ticket, error, after);
        this.again(item, error, ++item.overloads);
        return;
      case 'away':
        lane.gone(ticket, error, attempt.isHeard, after);
        // The endpoint has to wait, but the request need not: another endpoint may take it.
        this.again(item, error);
        return;
      case 'broken':
        lane.failed(ticket, error, 'broken');
        if (++item.failures >= mostFailures) item.reject(this.options.givenUp('broken', error));
        else this.again(item, error, item.failures);
        return;
      case 'timeout':
        lane.failed(ticket, error, 'timeout');
        if (++item.timeouts >= mostTimeouts) item.reject(this.options.givenUp('timeout', error));
        else this.again(item, error, item.timeouts);
        return;
    }
  }

  /** Puts a request back into the queue. @param retry 1, 2, … for a pause before it; 0 for none */
  private again(item: Item, last: Error, retry = 0): void {
    if (this.closed !== undefined || item.signal.aborted) {
      item.reject(this.closed ?? abortReason(item.signal));
      return;
    }
    const { clock } = this.options;
    if (retry > 0) item.notBefore = clock.now() + backoff(retry, retryPauses, () => clock.random());
    this.waiting.push(item);
    if (!this.lanes.every(({ isHopeless }) => isHopeless)) return;
    this.rejectWaiting(this.options.allAway(last));
    for (const lane of this.lanes) lane.forgetTrouble();
  }

  private changed(): void {
    this.dispatch();
    this.options.onChange?.();
  }

  private dispatch(): void {
    const { clock } = this.options;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.waiting.length > 0 && this.lanes.every(({ state }) => state === 'out')) {
      const [lane] = this.lanes;
      this.rejectWaiting(this.options.allAway(lane?.problem ?? new Error('There is no endpoint.')));
      return;
    }
    for (const item of this.waiting.filter((one) => !this.isTakenElsewhere(one))) {
      this.takeOut(item);
      item.reject(item.refusal ?? new Error('There is no endpoint.'));
    }
    const stuck = new Set<Item>();
    for (;;) {
      const now = clock.now();
      const item = this.firstOf(now, stuck);
      if (item === undefined) break;
      const lane = this.freest(now, item);
      if (lane === undefined) {
        // Those behind it may go to an endpoint that does not take it.
        if (item.refusedBy.size === 0) break;
        stuck.add(item);
        continue;
      }
      this.takeOut(item);
      void item.send(lane, this.lanes.indexOf(lane));
    }
    const wake = this.nextTime(clock.now());
    if (wake === undefined) return;
    this.cancelTimer = clock.after(wake, () => {
      this.dispatch();
    });
  }

  /**
   * The request that is sent next: those with the fewest failures come first, so that a request that crashes the
   * server is not the only probe.
   */
  private firstOf(now: number, without: ReadonlySet<Item>): Item | undefined {
    let first: Item | undefined;
    for (const item of this.waiting) {
      if (item.notBefore > now || without.has(item)) continue;
      const comesFirst =
        first === undefined ||
        item.failures + item.timeouts < first.failures + first.timeouts ||
        (item.failures + item.timeouts === first.failures + first.timeouts && item.order < first.order);
      if (comesFirst) first = item;
    }
    return first;
  }

  /** Whether there is an endpoint that has not refused a request. */
  private isTakenElsewhere({ refusedBy }: Item): boolean {
    return refusedBy.size === 0 || this.lanes.some((lane) => !refusedBy.has(lane) && lane.state !== 'out');
  }

  /** The endpoint with most room for a request; undefined where none may get it now. */
  private freest(now: number, { refusedBy }: Item): EndpointLane | undefined {
    let freest: EndpointLane | undefined;
    const room = ({ window, state }: EndpointLane): number => (state === 'away' ? 0 : window.size - window.inFlight);
    for (const lane of this.lanes) {
      if (lane.admitsAt > now || refusedBy.has(lane)) continue;
      if (freest === undefined || room(lane) > room(freest)) freest = lane;
    }
    return freest;
  }

  /** In how many milliseconds a request may be sent, unless one ends before; undefined if only that makes room. */
  private nextTime(now: number): number | undefined {
    if (this.waiting.length === 0) return undefined;
    const any = Math.min(...this.lanes.map(({ admitsAt }) => admitsAt));
    const times = this.waiting.map(({ notBefore, refusedBy }) => {
      if (refusedBy.size === 0) return Math.max(notBefore, any);
      const own = this.lanes.filter((lane) => !refusedBy.has(lane)).map(({ admitsAt }) => admitsAt);
      return Math.max(notBefore, ...(own.length === 0 ? [Infinity] : [Math.min(...own)]));
    });
    const time = Math.min(...times);
    // Never 0, which could turn in a circle.
    return Number.isFinite(time) ? Math.max(1, Math.ceil(time - now)) : undefined;
  }

  private takeOut(item: Item): boolean {
    const index = this.waiting.indexOf(item);
    if (index >= 0) this.waiting.splice(index, 1);
    return index >= 0;
  }

  private rejectWaiting(error: Error): void {
    for (const item of this.waiting.splice(0)) item.reject(error);
  }

  /** Logs when an endpoint goes away, is left out, or is back. */
  private log(lane: EndpointLane): void {
    const { state, endpoint, problem } = lane;
    const isAbsent = state === 'away' || state === 'out';
    const before = this.absent.get(lane);
    if (before === (isAbsent ? state : undefined)) return;
    if (isAbsent) this.absent.set(lane, state);
    else this.absent.delete(lane);
    const what = problem?.message ?? endpoint;
    const lines = { out: `${what} It is left out.`, away: `${what} Trying again.`, back: `${endpoint} answers again.` };
    this.options.onLog?.(lines[isAbsent ? state : 'back']);
  }
}
