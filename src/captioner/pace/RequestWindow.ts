/** One request in flight. */
export interface Ticket {
  /** in milliseconds */
  readonly startedAt: number;
  /** how many might be in flight, with this one, when it was sent */
  readonly window: number;
  /** whether no other was */
  readonly isAlone: boolean;
}

/**
 * How a request ended, as far as the server's load is concerned: answered, refused for too much load, without an answer
 * in time, or in a way that says nothing about it.
 */
export type RequestEnd = 'answered' | 'overload' | 'timeout' | 'other';

/** If doubling the window multiplies throughput by at least this, it is doubled again at once. */
const clearGain = 1.6;
/** Less than this is no gain; in between, throughput is measured for longer. */
const noGain = 1.1;
/** The gain in the longer measurement for which it is doubled again. */
const worthDoubling = 1.25;
/** The gain for which the doubled window is kept. */
const worthKeeping = 1.04;
/** A small step is kept if it gains at least this part of what a proportional gain would be. */
const worthStep = 0.5;
/** The first measurement of one or two requests at a time has at least so many answers. */
const fewest = [2, 4];
/** After so many refusals above the same number of requests, that number is the limit. */
const triesAboveBound = 3;
/** How many measurements lie between two tries of a step; doubled after each step that gains nothing. */
const firstPause = 8;
const longestPause = 128;
/** Rounds of requests until more than the bound is tried again; doubled with each refusal. */
const firstRounds = 8;
/** The same after a try that succeeded. */
const roundsOfClimb = 4;
/** How often two requests at a time are tried again on a server that gained nothing from the second. */
const triesOfSecond = 3;
/** A measurement is dropped if the window was not full at more than this part of its answers. */
const longestStarved = 0.25;

type Phase =
  /** the first answer, for which a server may load its model, is not measured */
  | { kind: 'warmUp' }
  /** the window doubles while throughput grows */
  | { kind: 'doubling'; lower: Measured | undefined; isLonger: boolean }
  /** after an overload the window grows back, at most to `target` */
  | { kind: 'recovering'; target: number }
  | { kind: 'steady'; left: number }
  /** a step up or down from `from`, whose throughput is known */
  | { kind: 'trying'; from: Measured }
  /** tries more than the bound, that is more than what was fine before a refusal */
  | { kind: 'beyond' };

interface Measured {
  size: number;
  /** answers per millisecond */
  rate: number;
}

/**
 * How many requests a server gets at a time: additive increase and multiplicative decrease as in TCP
 * (https://www.rfc-editor.org/rfc/rfc5681), with throughput in place of losses. It begins with one and doubles while
 * throughput grows; then it tries small steps up and down, and keeps those that gain something, or cost nothing. When
 * the server refuses requests or does not answer in time, it halves, and remembers the number that was refused; after
 * three refusals of the same it is not tried again. Pure: the caller tells the time.
 */
export class RequestWindow {
  private current = 1;
  private flying = 0;
  private phase: Phase = { kind: 'warmUp' };
  /** the largest number that was fine; infinite until something is refused */
  private bound = Infinity;
  /** the number that was refused last */
  private ceiling = Infinity;
  /** how often more than what was fine was refused */
  private refusals = 0;
  /** whether the last try beyond the bound was fine */
  private isClimbing = false;
  /** the largest number at which a whole measurement had no refusal */
  private proven = 1;
  private halvedAt = -Infinity;
  private pause = firstPause;
  private stepsUp = true;
  private secondTries = 0;
  private epoch = { startedAt: 0, answers: 0, starved: 0 };

  /** @param maximum the most requests at a time, at least 1 */
  constructor(private readonly maximum: number) {}

  /** How many requests may be in flight, at least 1. */
  get size(): number {
    return this.current;
  }

  /** How many requests are in flight. */
  get inFlight(): number {
    return this.flying;
  }

  /** One more request is sent. @param now in milliseconds, of a clock that never goes back */
  begin(now: number): Ticket {
    if (this.flying === 0 && this.epoch.answers === 0) this.epoch.startedAt = now;
    this.flying++;
    return { startedAt: now, window: this.current, isAlone: this.flying === 1 };
  }

  /** A request has ended. @param now in milliseconds */
  end(ticket: Ticket, now: number, how: RequestEnd): void {
    const isFull = this.flying >= this.current;
    this.flying--;
    if (how === 'overload' || how === 'timeout') this.lower(ticket, now, how);
    else if (how === 'answered') this.count(now, isFull);
  }

  /** Sending resumes after a pause, which must not be measured. @param now in milliseconds */
  resume(now: number): void {
    this.measureAfresh(now);
  }

  private count(now: number, isFull: boolean): void {
    const { epoch, phase } = this;
    epoch.answers++;
    if (!isFull) epoch.starved++;
    if (phase.kind === 'warmUp') {
      this.phase = { kind: 'doubling', lower: undefined, isLonger: false };
      this.measureAfresh(now);
      return;
    }
    if (epoch.answers < this.needed()) return;
    const time = now - epoch.startedAt;
    // Too few images, or pictures that are prepared too slowly: the server is not at its limit.
    const saysNothing = epoch.starved > longestStarved * epoch.answers || time <= 0;
    const measured = { size: this.current, rate: epoch.answers / time };
    if (saysNothing) {
      this.measureAfresh(now);
      return;
    }
    this.proven = Math.max(this.proven, this.current);
    this.decide(measured, now);
  }

  /** How many answers a measurement needs. */
  private needed(): number {
    const { phase, current } = this;
    if (phase.kind === 'recovering') return current;
    if (phase.kind === 'beyond') return 2 * current;
    if (phase.kind === 'steady' && this.mayGoBeyond) return Math.max(current, 2);
    if (phase.kind === 'doubling') {
      const first = Math.max(current, fewest[current - 1] ?? 0);
      return phase.isLonger ? Math.max(3 * first, 12) : first;
    }
    // Small steps gain little and need a longer measurement: whole rounds, as answers often come in waves.
    return current * Math.max(2, Math.ceil(16 / current));
  }

  private decide(measured: Measured, now: number): void {
    const { phase } = this;
    switch (phase.kind) {
      case 'warmUp':
        return;
      case 'doubling':
        this.decideDoubling(measured, phase, now);
        return;
      case 'recovering':
        if (this.current >= phase.target) this.settle(this.current, now);
        else this.resize(Math.min(phase.target, this.current + Math.max(1, Math.floor(this.current / 4))), now);
        return;
      case 'steady':
        this.decideSteady(measured, phase, now);
        return;
      case 'trying':
        this.decideStep(measured, phase.from, now);
        return;
      case 'beyond':
        this.decideBeyond(now);
        return;
    }
  }

  private decideDoubling(
    measured: Measured,
    { lower, isLonger }: Extract<Phase, { kind: 'doubling' }>,
    now: number,
  ): void {
    const gain = lower === undefined ? Infinity : measured.rate / lower.rate;
    if (lower === undefined || gain >= clearGain || (isLonger && gain >= worthDoubling)) {
      const next = Math.min(2 * this.current, this.limit());
      if (next <= this.current) {
        this.settle(this.current, now);
        return;
      }
      this.phase = { kind: 'doubling', lower: measured, isLonger: false };
      this.resize(next, now);
      return;
    }
    if (gain > noGain && !isLonger) {
      this.phase = { kind: 'doubling', lower, isLonger: true };
      return;
    }
    // Going from one request to two needs a larger gain: a small one means that the server works on them one by one.
    const isKept = gain >= (lower.size === 1 ? worthDoubling : worthKeeping);
    if (lower.size === 1 && !isKept) this.secondTries++;
    if (isKept) this.settle(this.current, now);
    else this.settle(lower.size, now);
  }

  private decideBeyond(now: number): void {
    this.isClimbing = true;
    this.bound = this.current;
    if (this.current < Math.min(this.ceiling, this.maximum)) {
      this.settle(this.current, now);
      return;
    }
    // What was refused once is accepted now: the server had other clients then, or it was a limit per minute.
    this.bound = Infinity;
    this.refusals = 0;
    this.phase = { kind: 'doubling', lower: undefined, isLonger: false };
    this.measureAfresh(now);
  }

  private decideSteady(measured: Measured, phase: Extract<Phase, { kind: 'steady' }>, now: number): void {
    this.measureAfresh(now);
    if (--phase.left > 0) return;
    if (this.mayGoBeyond) {
      this.phase = { kind: 'beyond' };
      const step = this.isClimbing && this.refusals < 2 ? Math.max(1, Math.floor(this.bound / 4)) : 1;
      this.resize(Math.min(this.bound + step, this.maximum), now);
      return;
    }
    const next = this.nextStep();
    this.stepsUp = !this.stepsUp;
    if (next === this.current) {
      phase.left = this.pause;
      return;
    }
    this.phase = { kind: 'trying', from: measured };
    this.resize(next, now);
  }

  /** The size that is tried next; the current one where there is none to try. */
  private nextStep(): number {
    const { current } = this;
    const step = Math.max(1, Math.floor(current / 8));
    if (!this.stepsUp) return Math.max(1, current - step);
    if (current === 1 && this.secondTries >= triesOfSecond) return current;
    return Math.min(current + step, this.limit());
  }

  private decideStep(measured: Measured, from: Measured, now: number): void {
    const [low, high] = measured.size < from.size ? [measured, from] : [from, measured];
    const worth = low.size === 1 ? worthDoubling : 1 + (worthStep * (high.size - low.size)) / low.size;
    const best = high.rate >= worth * low.rate ? high : low;
    const isUp = measured.size > from.size;
    if (isUp && from.size === 1 && best === from) this.secondTries++;
    const hasMoved = best === measured;
    this.pause = hasMoved ? firstPause : Math.min(2 * this.pause, longestPause);
    this.settle(best.size, now);
  }

  /** Whether more than the bound is to be tried again. */
  private get mayGoBeyond(): boolean {
    return this.bound < this.maximum && this.refusals < triesAboveBound && this.current >= this.bound;
  }

  private get roundsUntilBeyond(): number {
    return this.isClimbing ? roundsOfClimb : firstRounds * 2 ** this.refusals;
  }

  /**
   * Halves the window after an overload. Refusals of requests that were sent before the last halving do not count
   * again.
   */
  private lower(ticket: Ticket, now: number, how: 'overload' | 'timeout'): void {
    if (ticket.startedAt < this.halvedAt) return;
    if (how === 'overload') this.limitBy(ticket);
    const before = this.current;
    this.halvedAt = now;
    this.phase = { kind: 'recovering', target: Math.min(before, this.limit()) };
    this.resize(Math.max(1, Math.min(Math.floor(before / 2), this.limit())), now);
    this.stepsUp = true;
  }

  /** A request was refused: what was fine before is the limit, for a while or, after three times, for good. */
  private limitBy({ window, isAlone }: Ticket): void {
    this.isClimbing = false;
    if (window > this.proven) this.refusals++;
    else if (isAlone) {
      // A refusal while nothing else is in flight is no evidence of a limit of concurrent requests.
      return;
    } else {
      // A refusal of what was fine before is no limit of concurrent requests, but perhaps one per minute.
      this.proven = Math.max(1, Math.floor(window / 2));
      this.refusals = 1;
    }
    this.bound = this.proven;
    this.ceiling = window;
  }

  /** The largest size that may be tried now, but for what goes beyond the bound. */
  private limit(): number {
    return Math.max(1, Math.min(this.maximum, this.bound));
  }

  private settle(size: number, now: number): void {
    this.resize(size, now);
    this.phase = { kind: 'steady', left: this.mayGoBeyond ? this.roundsUntilBeyond : this.pause };
  }

  private resize(size: number, now: number): void {
    this.current = size;
    this.measureAfresh(now);
  }

  private measureAfresh(now: number): void {
    this.epoch = { startedAt: now, answers: 0, starved: 0 };
  }
}
