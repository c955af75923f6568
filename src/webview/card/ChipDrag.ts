/** Distance in CSS pixels that the pointer must move before a press on a chip becomes a drag. */
const threshold = 4;

/** Drags chips with the mouse or a pen; a finger scrolls instead. */
export class ChipDrag {
  private from = -1;
  private to = -1;
  private origin: { x: number; y: number; pointer: number } | undefined;

  /**
   * @param host the element with the chips, which have the class `chip`
   * @param move called with the old and the new position of a dragged chip
   */
  constructor(
    private readonly host: HTMLElement,
    private readonly move: (from: number, to: number) => void,
  ) {}

  /** Handles a `pointerdown` event. */
  readonly start = (event: PointerEvent): void => {
    const chip = event.target instanceof Element ? event.target.closest('.chip') : null;
    const isHandle = event.target instanceof Element && event.target.closest('.chip-tag') !== null;
    if (chip === null || !isHandle || event.button !== 0 || event.pointerType === 'touch' || event.ctrlKey) return;
    this.from = this.chips().indexOf(chip);
    this.origin = { x: event.clientX, y: event.clientY, pointer: event.pointerId };
    window.addEventListener('pointermove', this.onMove);
    window.addEventListener('pointerup', this.onUp);
    window.addEventListener('pointercancel', this.cancel);
    window.addEventListener('keydown', this.onKeydown, { capture: true });
  };

  private readonly onMove = (event: PointerEvent): void => {
    const { origin } = this;
    if (event.pointerId !== origin?.pointer) return;
    const isDragging = this.to !== -1;
    if (!isDragging && Math.hypot(event.clientX - origin.x, event.clientY - origin.y) < threshold) return;
    event.preventDefault();
    this.to = this.placeAt(event.clientX, event.clientY);
    this.show();
  };

  private readonly onUp = (event: PointerEvent): void => {
    if (event.pointerId !== this.origin?.pointer) return;
    const { from, to } = this;
    const isMoved = to !== -1 && to !== from;
    this.cancel();
    if (isMoved) this.move(from, to);
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || this.to === -1) return;
    event.preventDefault();
    event.stopPropagation();
    this.cancel();
  };

  private readonly cancel = (): void => {
    this.from = this.to = -1;
    this.origin = undefined;
    window.removeEventListener('pointermove', this.onMove);
    window.removeEventListener('pointerup', this.onUp);
    window.removeEventListener('pointercancel', this.cancel);
    window.removeEventListener('keydown', this.onKeydown, { capture: true });
    this.show();
  };

  /** The position that the chip would get if it were dropped here. */
  private placeAt(x: number, y: number): number {
    const boxes = this.chips().map((chip) => chip.getBoundingClientRect());
    // The first chip after the pointer: in a line below, or further along in this line.
    let before = boxes.findIndex(({ left, width, top, bottom }) => y < top || (y <= bottom && x < left + width / 2));
    if (before === -1) before = boxes.length;
    return before > this.from ? before - 1 : before;
  }

  private show(): void {
    for (const [index, chip] of this.chips().entries()) {
      chip.classList.toggle('dragged', this.to !== -1 && index === this.from);
      const isTarget = this.to !== -1 && this.to !== this.from && index === this.to;
      chip.classList.toggle('drop-before', isTarget && this.to < this.from);
      chip.classList.toggle('drop-after', isTarget && this.to > this.from);
    }
  }

  private chips(): Element[] {
    return [...this.host.querySelectorAll('.chip')];
  }
}
