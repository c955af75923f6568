import type { ReactiveController, ReactiveControllerHost } from 'lit';
import {
  type CellShape,
  clamp,
  type GridLayout,
  layOut,
  maxTop,
  rowsNear,
  rowsToRender,
  type Span,
  topShowing,
  toLogical,
  toPhysical,
} from './gridLayout';

/** How long the scroll bar rests before it is put where the position in a very long list belongs. */
const settleDelay = 150;

/**
 * Keeps track of which rows of a scrolling element are near its viewport, for uniform rows of known height. The host
 * renders {@link near} (and whatever it pins) at {@link offsetOf} and is asked to update when that changes.
 *
 * Lists taller than what a browser can scroll get a shorter scroll bar. Small movements then still scroll pixel by
 * pixel, large ones in proportion, and at rest the bar is moved to where it belongs without moving the rows.
 */
export class RowVirtualizer implements ReactiveController {
  /** Where everything is; replaced when the width, the number of cells or their size changes. */
  layout: GridLayout = layOut(0, 0, { mode: 'grid', size: 'medium' });
  /** Height of the viewport. */
  viewport = 0;
  /** First pixel of the content in view. */
  top = 0;
  /** Which way the last scrolling went: 1 down, -1 up. */
  direction: 1 | -1 = 1;
  /** How often somebody has scrolled, which the page's own moves do not count as. */
  scrolls = 0;

  private scroller: HTMLElement | undefined;
  private content: Element | undefined;
  private resizes: ResizeObserver | undefined;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private width = 0;
  private lastPhysical = 0;
  private count = 0;
  private shape: CellShape = { mode: 'grid', size: 'medium' };
  /** difference between a position in the content and in the scrolled element */
  private base = 0;
  private moveBar = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly onScroll: () => void,
  ) {
    host.addController(this);
  }

  /** Starts to watch the element that scrolls, and the one in it that is as wide as the rows. */
  attach(scroller: HTMLElement, content: Element): void {
    this.scroller = scroller;
    this.content = content;
    scroller.addEventListener('scroll', this.scrolled, { passive: true });
    this.resizes = new ResizeObserver(() => {
      this.measure();
    });
    this.resizes.observe(scroller);
    this.resizes.observe(content);
    this.measure();
  }

  hostDisconnected(): void {
    this.scroller?.removeEventListener('scroll', this.scrolled);
    this.resizes?.disconnect();
    clearTimeout(this.settle);
    this.scroller = undefined;
  }

  /** Takes a new number or size of cells; the first cell in view stays in view when the columns change. */
  configure(count: number, shape: CellShape): void {
    if (count === this.count && shape.mode === this.shape.mode && shape.size === this.shape.size) return;
    this.count = count;
    this.shape = { mode: shape.mode, size: shape.size };
    this.layOutAgain();
  }

  hostUpdated(): void {
    // The scroll height belongs to the DOM that was just rendered, so only now can a new position be taken.
    if (this.scroller === undefined || !this.moveBar) return;
    this.moveBar = false;
    this.lastPhysical = this.top - this.base;
    this.scroller.scrollTop = this.lastPhysical;
  }

  /** The rows to render: those in view, and up to one viewport before and after it. */
  get near(): Span {
    return rowsToRender(this.layout, this.top, this.viewport);
  }

  /** The rows of which at least a part is in view. */
  get inView(): Span {
    return rowsNear(this.layout, this.top, this.viewport, 0);
  }

  /** Index of the first cell in view. */
  get firstIndex(): number {
    return clamp(Math.round(this.top / this.layout.rowHeight), 0, this.layout.rows) * this.layout.columns;
  }

  /** Where a row is drawn, in pixels from the top of the scrolled element. */
  offsetOf(row: number): number {
    return clamp(row * this.layout.rowHeight - this.base, -this.layout.rowHeight, this.layout.physicalHeight);
  }

  /** Scrolls no further than needed to show the whole of a row. */
  reveal(row: number): void {
    this.scrollTo(topShowing(this.layout, row, this.top, this.viewport));
  }

  /** Scrolls the row of a cell to the top of the viewport. */
  scrollToIndex(index: number): void {
    this.scrollTo(Math.floor(index / this.layout.columns) * this.layout.rowHeight);
  }

  /** How far below the top of the viewport the row of a cell begins; negative above it. */
  distanceOf(index: number): number {
    return Math.floor(index / this.layout.columns) * this.layout.rowHeight - this.top;
  }

  /** Scrolls so that the row of a cell begins as far below the top of the viewport. */
  scrollToDistance(index: number, distance: number): void {
    this.scrollTo(this.top + this.distanceOf(index) - distance);
  }

  private scrollTo(top: number): void {
    const next = clamp(top, 0, maxTop(this.layout, this.viewport));
    if (next === this.top) return;
    this.direction = next > this.top ? 1 : -1;
    this.top = next;
    this.placeBar();
  }

  /** Puts the scroll bar where {@link top} belongs, as soon as the rows are drawn there. */
  private placeBar(): void {
    this.base = this.top - toPhysical(this.layout, this.top, this.viewport);
    this.moveBar = true;
    this.host.requestUpdate();
    this.onScroll();
  }

  private readonly scrolled = (): void => {
    if (this.scroller === undefined) return;
    const physical = this.scroller.scrollTop;
    const moved = physical - this.lastPhysical;
    // Programmatic scrolling comes back as an event, rounded to device pixels: it carries no news.
    if (Math.abs(moved) < 1) return;
    this.scrolls++;
    const before = this.near;
    this.direction = moved > 0 ? 1 : -1;
    this.moveBar = false;
    this.lastPhysical = physical;
    if (this.layout.physicalHeight === this.layout.contentHeight) {
      this.top = physical;
      this.base = 0;
    } else if (Math.abs(moved) > this.viewport) {
      this.top = toLogical(this.layout, physical, this.viewport);
      this.base = this.top - physical;
    } else {
      this.top = clamp(this.top + moved, 0, maxTop(this.layout, this.viewport));
      this.base = this.top - physical;
      clearTimeout(this.settle);
      this.settle = setTimeout(() => {
        this.placeBar();
      }, settleDelay);
    }
    const after = this.near;
    if (before.start !== after.start || before.end !== after.end) this.host.requestUpdate();
    this.onScroll();
  };

  private measure(): void {
    if (this.scroller === undefined || this.content === undefined) return;
    const width = this.content.clientWidth;
    const viewport = this.scroller.clientHeight;
    if (width <= 0 || viewport <= 0 || (width === this.width && viewport === this.viewport)) return;
    this.width = width;
    this.viewport = viewport;
    this.layOutAgain();
  }

  private layOutAgain(): void {
    const before = this.layout;
    const anchor = Math.floor(this.top / before.rowHeight) * before.columns;
    const within = (this.top % before.rowHeight) / before.rowHeight;
    this.layout = layOut(this.count, this.width, this.shape, this.viewport);
    if (this.layout.columns !== before.columns || this.layout.rowHeight !== before.rowHeight) {
      this.top = (Math.floor(anchor / this.layout.columns) + within) * this.layout.rowHeight;
    }
    this.top = clamp(this.top, 0, maxTop(this.layout, this.viewport));
    this.placeBar();
  }
}
