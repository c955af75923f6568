/** Who stays at an image this long looks at it, in milliseconds. */
const look = 120;
/** What comes after this much rest is a jump, not a part of scrolling: a key, a search, the first screen. */
const pause = 250;

/** Tells scrolling past from going somewhere. */
export class ScrollPace {
  private movedAt = -Infinity;
  private isJump = true;

  /** Other images came into view. */
  moved(now: number): void {
    this.isJump = now - this.movedAt >= pause;
    this.movedAt = now;
  }

  /** How long it takes until what is in view is looked at, if nothing moves, in milliseconds; 0 when it is. */
  restsIn(now: number): number {
    return this.isJump ? 0 : Math.max(0, this.movedAt + look - now);
  }
}
