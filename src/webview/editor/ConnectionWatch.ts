/** The host may be busy for this long, in milliseconds; after it, the connection counts as gone. */
const patience = 4000;
/** An idle page asks this often, in milliseconds. */
const idlePause = 5000;
/** A page that waits for something pings the host after so much silence, in milliseconds. */
const waitingPause = 1000;
/** A longer pause between two looks means that the page itself stood still, in milliseconds. */
const standstill = 2500;

/** What the page is doing when it looks at its connection. */
export interface PageActivity {
  /** something was sent that the host has not answered or confirmed */
  isWaiting: boolean;
  /** the user is at the page */
  isUsed: boolean;
}

/**
 * Detects a lost connection to the host: after a while of silence, the page sends a ping. It has no timer; the page
 * calls it about every half second.
 */
export class ConnectionWatch {
  /** whether the host has not answered for too long */
  isLost = false;
  /** since when the page has waited for an answer to its question; undefined when none is open */
  private waitingSince: number | undefined;
  private lastAsked = -Infinity;
  private lastHeard: number;
  private lastLook: number;

  constructor(now: number) {
    this.lastHeard = this.lastLook = now;
  }

  /** The host said something. */
  heard(now: number): void {
    this.lastHeard = now;
    this.waitingSince = undefined;
    this.isLost = false;
  }

  /** @returns whether the page is to ask the host for a sign of life now */
  look(now: number, { isWaiting, isUsed }: PageActivity): boolean {
    const stoodStill = now - this.lastLook > standstill;
    this.lastLook = now;
    // Messages that the host sent meanwhile may arrive next.
    if (stoodStill && this.waitingSince !== undefined) this.waitingSince = now;
    if (this.waitingSince !== undefined) {
      if (now - this.waitingSince >= patience) this.isLost = true;
      return this.isLost && this.ask(now, idlePause);
    }
    const pause = isWaiting ? waitingPause : idlePause;
    if ((!isWaiting && !isUsed) || now - this.lastHeard < pause || !this.ask(now, 0)) return false;
    this.waitingSince = now;
    return true;
  }

  private ask(now: number, pause: number): boolean {
    if (now - this.lastAsked < pause) return false;
    this.lastAsked = now;
    return true;
  }
}
