import type { GridSelector } from './GridSelector';
import type { ImageCard } from '../card/ImageCard';

/** What a pointer needs of the grid besides its selection. */
export interface PointerHost {
  /** position of the active cell, where a range begins if nothing was selected before */
  active(): number;
  /** opens an image large */
  view(index: number): void;
}

/** How long a finger rests before it selects, in milliseconds. */
const longPress = 500;
/** How far it may move meanwhile, in CSS pixels. */
const restRadius = 10;

/** Controls and text of a card: a click there means them, not the card. */
const own = 'button, a, input, textarea, select, [contenteditable], [tabindex]:not(image-card), .theirs, tag-chips';

/** Selects by mouse and touch: a click on the picture or the frame of a card, its tick box, or a long press. */
export class CardPointer {
  private press: { index: number; x: number; y: number; timer: ReturnType<typeof setTimeout> } | undefined;
  private pressed = false;
  private touch = false;

  constructor(
    root: ShadowRoot,
    private readonly selector: GridSelector,
    private readonly grid: PointerHost,
  ) {
    const on = <K extends keyof HTMLElementEventMap>(name: K, heard: (event: HTMLElementEventMap[K]) => void): void => {
      root.addEventListener(name, heard as EventListener);
    };
    on('click', this.clicked);
    on('dblclick', this.doubleClicked);
    on('mousedown', (event) => {
      // Shift+click would select text up to here.
      if (event.shiftKey && frameAt(event) !== undefined) {
        event.preventDefault();
        frameAt(event)?.focus({ preventScroll: true });
      }
    });
    on('pointerdown', this.down);
    on('pointermove', (event) => {
      if (this.press === undefined) return;
      if (Math.hypot(event.clientX - this.press.x, event.clientY - this.press.y) > restRadius) this.lift();
    });
    on('pointerup', this.lift);
    on('pointercancel', this.lift);
    on('contextmenu', (event) => {
      // A long press opens the menu on some devices.
      if (this.pressed) event.preventDefault();
    });
  }

  /** Forgets a press that has not come to anything. */
  readonly lift = (): void => {
    clearTimeout(this.press?.timer);
    this.press = undefined;
  };

  private readonly down = (event: PointerEvent): void => {
    this.lift();
    this.pressed = false;
    this.touch = event.pointerType === 'touch';
    const card = this.touch && event.isPrimary ? frameAt(event) : undefined;
    if (card === undefined) return;
    const index = Number(card.dataset.index);
    const timer = setTimeout(() => {
      this.press = undefined;
      this.pressed = true;
      card.focus({ preventScroll: true });
      this.selector.toggle(index);
    }, longPress);
    this.press = { index, x: event.clientX, y: event.clientY, timer };
  };

  private readonly clicked = (event: MouseEvent): void => {
    if (event.target instanceof HTMLInputElement && event.target.classList.contains('check')) {
      const card = event.target.closest('image-card');
      if (card === null) return;
      // The keyboard goes on from the cell.
      card.focus({ preventScroll: true });
      this.choose(card, event, true);
      return;
    }
    const card = frameAt(event);
    if (card === undefined) return;
    if (this.pressed) {
      this.pressed = false;
      return;
    }
    this.choose(card, event, this.touch && this.selector.any);
  };

  private choose(card: ImageCard, event: MouseEvent, toggles: boolean): void {
    const index = Number(card.dataset.index);
    const command = event.ctrlKey || event.metaKey;
    if (event.shiftKey) this.selector.extend(this.grid.active(), index, command);
    else if (command || toggles) this.selector.toggle(index);
    else this.selector.only(index);
  }

  private readonly doubleClicked = (event: MouseEvent): void => {
    const card = frameAt(event);
    if (card === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    this.grid.view(Number(card.dataset.index));
  };
}

/** The card whose picture or frame an event hits; undefined where it hits a control of the card. */
function frameAt(event: Event): ImageCard | undefined {
  if (event.defaultPrevented || !(event.target instanceof Element)) return undefined;
  const card = event.target.closest('image-card');
  if (card?.item === undefined || event.target.closest(own) !== null) return undefined;
  return card;
}
