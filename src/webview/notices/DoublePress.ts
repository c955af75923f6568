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
  /** what it would act on, where a control is used again for something else; undefined while that is not known */
  means?: string | undefined;
  /** where the target is in a list: what it means as long as it is not known what it acts on */
  place?: string | undefined;
}

/**
 * Decides which presses count: the second one of a double click is meant for what the first one hit, and not for what
 * has come there since.
 */
export class DoublePress {
  private first: Press | undefined;

  /** The user did something else since: the next press is the first of its own. */
  forget(): void {
    this.first = undefined;
  }

  /** Whether a press counts. One that does not leaves everything as if it had not been. */
  counts(press: Press): boolean {
    const { first } = this;
    if (first !== undefined && isSecond(first, press) && !meansSame(first, press)) return false;
    this.first = press;
    return true;
  }
}

function meansSame(first: Press, press: Press): boolean {
  if (press.target !== first.target) return false;
  const areKnown = press.means !== undefined && first.means !== undefined;
  return areKnown ? press.means === first.means : press.place === first.place;
}

function isSecond(first: Press, { at, x, y }: Press): boolean {
  return at - first.at < doubleTime && Math.hypot(x - first.x, y - first.y) <= restDistance;
}
