/** Two presses at one place within this time are one double click, in milliseconds. */
const doubleTime = 500;
/** A hand that rests moves no further between two presses, in CSS pixels. */
const restDistance = 6;

/** A press of a pointer. */
export interface Press {
  /** when it began, in milliseconds */
  at: number;
  x: number;
  y: number;
  /** what it hit, compared by identity; undefined for an area without controls */
  target: unknown;
}

/**
 * Decides which presses count: the second one of a double click is meant for what the first one hit, and not for what
 * has come there since.
 */
export class DoublePress {
  private first: Press | undefined;

  /** Whether a press counts. One that does not leaves everything as if it had not been. */
  counts(press: Press): boolean {
    const { first } = this;
    if (first !== undefined && isSecond(first, press) && press.target !== first.target) return false;
    this.first = press;
    return true;
  }
}

function isSecond(first: Press, { at, x, y }: Press): boolean {
  return at - first.at < doubleTime && Math.hypot(x - first.x, y - first.y) <= restDistance;
}
