import { heartbeatInterval, type Work } from '../tagging/heartbeat';

/** How long a child may keep its requests waiting, in milliseconds. */
export interface HealthLimits {
  /** interval of the checks; all other times are counted in these, not by the clock: see {@link ChildHealth} */
  look: number;
  /** without a heartbeat: the process is stopped */
  silent: number;
  /** without an answer, while it neither computes nor reads: a driver or a disk hangs */
  idle: number;
  /** without an answer, while it works; 20 times the longest time so far, if that is more */
  busy: number;
  /**
   * the same for a model that is loaded, and for the first image: a slow disk may take long to give a model, a slow
   * processor to run its first batch
   */
  first: number;
}

/** A stopped child is found within 90 s, so that its job is paused within two minutes. */
export const healthLimits: HealthLimits = {
  look: 5000,
  silent: 80_000,
  idle: 90_000,
  busy: 10 * 60_000,
  first: 60 * 60_000,
};

/** How many times as long as the longest time so far an answer may take. */
const slowness = 20;
/** A process that uses less than this part of one core does not compute; its heartbeat uses a thousandth. */
const computing = 0.01;
/** A process whose input and output is less than this in a second does not read. */
const reading = 6;

/** Requests that are watched together: an answer to one of them is a sign that the others will be answered. */
export type WatchedKind = 'image' | 'loading';

/** Why a child counts as hung. */
export interface Hang {
  /** `silent`: no heartbeat; `idle`: no answer and no work; `busy`: no answer, though it works */
  how: 'silent' | 'idle' | 'busy';
  /** for how long, in milliseconds */
  time: number;
  /**
   * all that was asked for before the last answer was answered but these images: they are the cause, not the process
   */
  isOfImages: boolean;
}

interface Watched {
  open: number;
  /** looks since the last answer */
  quiet: number;
  /** looks since the last answer or sign of work */
  idle: number;
  /** the most looks before an answer; undefined before the first */
  longest: number | undefined;
  /** whether a request was sent after the last answer */
  isAskedSince: boolean;
}

/**
 * Tells a child process that hangs from a slow one, by its heartbeat, which a thread sends that inference does not
 * block, and by its answers. It counts how often it looked, so that a time in which this process, too, was stopped or
 * suspended counts as one look.
 */
export class ChildHealth {
  private readonly kinds: Record<WatchedKind, Watched> = { image: newWatched(), loading: newWatched() };
  private silent = 0;
  private hasHeartbeat = true;
  /** of the last heartbeat */
  private work: Work | undefined;
  /** of the last heartbeat before the last look */
  private seenWork: Work | undefined;

  constructor(private readonly limits: HealthLimits) {}

  /** A heartbeat came. */
  beat(work: Work): void {
    this.work = work;
  }

  /** No heartbeat will come any more, though the process lives: only its answers count from now on. */
  beatEnds(): void {
    this.hasHeartbeat = false;
  }

  /** A request is sent while none is open: what was before says nothing. */
  start(): void {
    this.silent = 0;
  }

  /** A request is sent. */
  began(kind: WatchedKind): void {
    const watched = this.kinds[kind];
    if (watched.open++ === 0) Object.assign(watched, { quiet: 0, idle: 0 });
    watched.isAskedSince = true;
  }

  /** A request has ended. @param answered by an answer; otherwise it was cancelled */
  ended(kind: WatchedKind, answered: boolean): void {
    const watched = this.kinds[kind];
    watched.open--;
    if (!answered) return;
    watched.longest = Math.max(watched.longest ?? 0, watched.quiet);
    Object.assign(watched, { quiet: 0, idle: 0, isAskedSince: false });
  }

  /** Must be called at the interval of the limits while a request is open. @returns why it counts as hung */
  look(): Hang | undefined {
    const { look, silent } = this.limits;
    const { work, seenWork } = this;
    this.seenWork = work;
    const isSilent = this.hasHeartbeat && work === seenWork;
    this.silent = isSilent ? this.silent + 1 : 0;
    if (this.silent * look >= silent) return { how: 'silent', time: this.silent * look, isOfImages: false };
    const isWorking = !this.hasHeartbeat || (!isSilent && this.isWork(seenWork, work));
    const { image, loading } = this.kinds;
    const isOfImages = image.longest !== undefined && !image.isAskedSince;
    const { busy, first } = this.limits;
    const imageLimit = image.longest === undefined ? first : Math.max(busy, slowness * image.longest * look);
    const hang = this.lookAt(image, imageLimit, isSilent, isWorking);
    if (hang !== undefined) return { ...hang, isOfImages };
    const hangOfLoading = this.lookAt(loading, first, isSilent, isWorking);
    return hangOfLoading === undefined ? undefined : { ...hangOfLoading, isOfImages: false };
  }

  /** @param limit for a process that works, in milliseconds */
  private lookAt(
    watched: Watched,
    limit: number,
    isSilent: boolean,
    isWorking: boolean,
  ): Omit<Hang, 'isOfImages'> | undefined {
    if (watched.open === 0) return undefined;
    const { look, idle } = this.limits;
    watched.quiet++;
    if (isWorking) watched.idle = 0;
    else if (!isSilent) watched.idle++;
    if (watched.idle * look >= idle) return { how: 'idle', time: watched.idle * look };
    const time = watched.quiet * look;
    return time >= limit ? { how: 'busy', time } : undefined;
  }

  /** Whether the process did something between two heartbeats, as far as is known. */
  private isWork(before: Work | undefined, now: Work | undefined): boolean {
    if (before === undefined || now === undefined) return true;
    // Two heartbeats may be nearer to each other than two looks, never by more than one interval.
    const seconds = Math.max(this.limits.look - heartbeatInterval, this.limits.look / 2) / 1000;
    return now.cpu - before.cpu >= computing * 1000 * seconds || now.io - before.io >= reading * seconds;
  }
}

function newWatched(): Watched {
  return { open: 0, quiet: 0, idle: 0, longest: undefined, isAskedSince: false };
}
