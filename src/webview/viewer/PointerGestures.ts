import type { Point } from './zoomPan';

/** Handlers of gestures on an element; points are in CSS pixels from its top left corner. */
export interface GestureActions {
  pan(dx: number, dy: number): void;
  zoom(factor: number, around: Point): void;
  /** a double click or double tap */
  toggle(at: Point): void;
}

/** Zoom exponent per pixel: a wheel notch of about 100 pixels zooms by a quarter; touchpads send smaller steps. */
const wheelFactor = 0.0022;
const pinchFactor = 0.01;
const pixelsPerLine = 33;

/** Recognizes drag, wheel, pinch and double click on an element. */
export class PointerGestures {
  private readonly pointers = new Map<number, Point>();

  constructor(
    private readonly element: HTMLElement,
    private readonly actions: GestureActions,
  ) {
    element.addEventListener('pointerdown', this.onDown);
    element.addEventListener('pointermove', this.onMove);
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      element.addEventListener(end, this.onEnd);
    }
    element.addEventListener('wheel', this.onWheel, { passive: false });
    element.addEventListener('dblclick', this.onDoubleClick);
  }

  private readonly onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || isControl(event)) return;
    this.pointers.set(event.pointerId, this.pointOf(event));
    this.element.setPointerCapture(event.pointerId);
  };

  private readonly onMove = (event: PointerEvent): void => {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.pointOf(event);
    const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    this.pointers.set(event.pointerId, now);
    if (other === undefined) {
      this.actions.pan(now.x - before.x, now.y - before.y);
      return;
    }
    const apart = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    this.actions.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.actions.zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  };

  private readonly onEnd = (event: PointerEvent): void => {
    this.pointers.delete(event.pointerId);
  };

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : pixelsPerLine;
    const factor = event.ctrlKey ? pinchFactor : wheelFactor;
    this.actions.zoom(Math.exp(-event.deltaY * lines * factor), this.pointOf(event));
  };

  private readonly onDoubleClick = (event: MouseEvent): void => {
    if (!isControl(event)) this.actions.toggle(this.pointOf(event));
  };

  private pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

function isControl(event: Event): boolean {
  return event.composedPath().some((target) => target instanceof HTMLButtonElement);
}
