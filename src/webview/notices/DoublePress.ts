/** Maximum time between the two presses of a double click, in milliseconds. */
const doubleTime = 500;
/** Maximum distance between the two presses of a double click, in CSS pixels. */
const restDistance = 6;

/** A press of a pointer, and where it was in CSS pixels. */
export interface Press {
  /** time of the `pointerdown` event (its `timeStamp`), in milliseconds */
  at: number;
  x: number;
  y: number;
  /** the control that was pressed, compared by identity; undefined for an area without controls */
  target: unknown;
  /** for a control that is reused for other items: the item it acts on now; undefined while that is not known */
  means?: string | undefined;
  /** the position of the control in its list, compared as long as `means` is not known */
  place?: string | undefined;
}

/**
 * Decides which presses count. The second press of a double click does not if another control or item has appeared
 * under the pointer since the first press: the user did not aim at it.
 */
export class DoublePress {
  private first: Press | undefined;

  /** The user did something else since the last press: the next press cannot be the second one of a double click. */
  forget(): void {
    this.first = undefined;
  }

  /** Whether a press counts. A press that does not count leaves the state unchanged. */
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
