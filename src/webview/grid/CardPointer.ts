import type { GridSelector } from './GridSelector';
import type { ImageCard } from '../card/ImageCard';

/** What pointer input needs of the grid besides its selection. */
export interface PointerPort {
  /** position of the active cell, where a range begins if nothing was selected before */
  active(): number;
  /** opens an image in the viewer */
  view(index: number): void;
}

/** A touch that rests this long selects, in milliseconds. */
const longPressDelay = 500;
/** A touch that moves further than this is no long press, in CSS pixels. */
const maxPressMovement = 10;

/** Controls and text of a card: a click on one of them does not select the card. */
const controls =
  'button, a, input, textarea, select, [contenteditable], [tabindex]:not(image-card), .theirs, tag-chips';

/** Selects by mouse and touch: a click on the picture or the frame of a card, its tick box, or a long press. */
export class CardPointer {
  private press: { index: number; x: number; y: number; timer: ReturnType<typeof setTimeout> } | undefined;
  /** a long press has selected a card: the click that ends it must not select again */
  private hasLongPressed = false;
  /** the last pointer was a finger */
  private isTouch = false;

  constructor(
    root: ShadowRoot,
    private readonly selector: GridSelector,
    private readonly grid: PointerPort,
  ) {
    const listen = <K extends keyof HTMLElementEventMap>(
      name: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ): void => {
      root.addEventListener(name, listener as EventListener);
    };
    listen('click', this.onClick);
    listen('dblclick', this.onDoubleClick);
    listen('mousedown', (event) => {
      // Else the browser would select the text between the focus and the click.
      if (event.shiftKey && frameAt(event) !== undefined) {
        event.preventDefault();
        frameAt(event)?.focus({ preventScroll: true });
      }
    });
    listen('pointerdown', this.onPointerDown);
    listen('pointermove', (event) => {
      if (this.press === undefined) return;
      if (Math.hypot(event.clientX - this.press.x, event.clientY - this.press.y) > maxPressMovement) this.cancelPress();
    });
    listen('pointerup', this.cancelPress);
    listen('pointercancel', this.cancelPress);
    listen('contextmenu', (event) => {
      // Some devices open the context menu on a long press.
      if (this.hasLongPressed) event.preventDefault();
    });
  }

  /** Cancels a touch that has not become a long press yet. */
  readonly cancelPress = (): void => {
    clearTimeout(this.press?.timer);
    this.press = undefined;
  };

  private readonly onPointerDown = (event: PointerEvent): void => {
    this.cancelPress();
    this.hasLongPressed = false;
    this.isTouch = event.pointerType === 'touch';
    const card = this.isTouch && event.isPrimary ? frameAt(event) : undefined;
    if (card === undefined) return;
    const index = Number(card.dataset.index);
    const timer = setTimeout(() => {
      this.press = undefined;
      this.hasLongPressed = true;
      card.focus({ preventScroll: true });
      this.selector.toggle(index);
    }, longPressDelay);
    this.press = { index, x: event.clientX, y: event.clientY, timer };
  };

  private readonly onClick = (event: MouseEvent): void => {
    if (event.target instanceof HTMLInputElement && event.target.classList.contains('check')) {
      const card = event.target.closest('image-card');
      if (card === null) return;
      // The keyboard continues from the cell, not from its tick box.
      card.focus({ preventScroll: true });
      this.select(card, event, true);
      return;
    }
    const card = frameAt(event);
    if (card === undefined) return;
    if (this.hasLongPressed) {
      this.hasLongPressed = false;
      return;
    }
    this.select(card, event, this.isTouch && this.selector.hasSelection);
  };

  private select(card: ImageCard, event: MouseEvent, toggles: boolean): void {
    const index = Number(card.dataset.index);
    const command = event.ctrlKey || event.metaKey;
    if (event.shiftKey) this.selector.extend(this.grid.active(), index, command);
    else if (command || toggles) this.selector.toggle(index);
    else this.selector.only(index);
  }

  private readonly onDoubleClick = (event: MouseEvent): void => {
    const card = frameAt(event);
    if (card === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    this.grid.view(Number(card.dataset.index));
  };
}

/** The card whose picture or frame is the target of an event; undefined if it is one of the card's controls. */
function frameAt(event: Event): ImageCard | undefined {
  if (event.defaultPrevented || !(event.target instanceof Element)) return undefined;
  const card = event.target.closest('image-card');
  if (card?.item === undefined || event.target.closest(controls) !== null) return undefined;
  return card;
}
