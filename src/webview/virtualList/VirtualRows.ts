import { clamp } from '../shared/clamp';
import {
  type CellSize,
  layOutRows,
  maxTop,
  type RowLayout,
  rowsNear,
  rowsToRender,
  type Span,
  topShowing,
  toLogical,
  toPhysical,
} from './rowLayout';

/**
 * Which rows of a virtualized list of uniform rows are to be rendered, and where. It knows no DOM: the
 * {@link RowVirtualizer} tells it the size of the viewport and what the user scrolls, and moves the scroll bar for it.
 *
 * Lists taller than what a browser can scroll get a shorter scroll bar. Small movements then still scroll pixel by
 * pixel, large ones in proportion, and at rest the bar is moved to where it belongs without moving the rows.
 */
export class VirtualRows {
  /** Where everything is; replaced when the width, the number of cells or their size changes. */
  layout: RowLayout;
  /** Height of the viewport in CSS pixels; 0 until it has been measured. */
  viewport = 0;
  /** First pixel of the content in view. */
  top = 0;
  /** Which way the last scrolling went: 1 down, -1 up. */
  direction: 1 | -1 = 1;
  /** How often the user has scrolled; movements by the program do not count. */
  scrolls = 0;
  /** Height at the lower end of the viewport that something lies over, in CSS pixels. */
  covered = 0;
  /**
   * Room below the last row, so that it can be scrolled clear of what lies over the list: {@link covered}, or more
   * while the list is scrolled into room that was there before: nothing may move when that is not needed any more.
   */
  room = 0;

  private width = 0;
  private count = 0;
  private lastPhysical = 0;
  /** difference between a position in the content and in the scrolled element */
  private base = 0;
  private isBarStale = false;

  /**
   * @param changed called when other rows are to be rendered, or the same ones elsewhere
   * @param moved called whenever the position or the layout changes
   */
  constructor(
    private size: CellSize,
    private readonly changed: () => void,
    private readonly moved: () => void,
  ) {
    this.layout = layOutRows(0, 0, size);
  }

  /** Sets the number and size of the cells; the first cell in view stays in view when the columns change. */
  configure(count: number, size: CellSize): void {
    const { minWidth, height, gap } = this.size;
    if (count === this.count && size.minWidth === minWidth && size.height === height && size.gap === gap) return;
    this.count = count;
    this.size = size;
    this.layOutAgain();
  }

  /** Sets the size of the viewport in CSS pixels; ignored while the list is not displayed. */
  resize(width: number, viewport: number): void {
    if (width <= 0 || viewport <= 0 || (width === this.width && viewport === this.viewport)) return;
    this.width = width;
    this.viewport = viewport;
    this.layOutAgain();
  }

  /** Something lies over the lower end of the viewport: rows that are revealed are kept clear of it. Nothing moves. */
  cover(height: number): void {
    if (height === this.covered) return;
    this.covered = height;
    this.settleRoom();
  }

  /** Height of the part of the viewport that nothing lies over. */
  get clear(): number {
    return Math.max(0, this.viewport - this.covered);
  }

  /**
   * The scroll bar is at `physical`, as a scroll event says.
   * @returns whether the bar should be put where it belongs once scrolling has ended, see {@link settleBar}
   */
  scrolledTo(physical: number): boolean {
    const delta = physical - this.lastPhysical;
    // A movement by the program comes back as an event, rounded to device pixels: it is not the user's.
    if (Math.abs(delta) < 1) return false;
    this.scrolls++;
    const before = this.near;
    this.direction = delta > 0 ? 1 : -1;
    this.isBarStale = false;
    this.lastPhysical = physical;
    let settles = false;
    if (this.layout.physicalHeight === this.layout.contentHeight) {
      this.top = physical;
      this.base = 0;
    } else if (Math.abs(delta) > this.viewport) {
      this.top = toLogical(this.layout, physical, this.viewport - this.room);
      this.base = this.top - physical;
    } else {
      this.top = clamp(this.top + delta, 0, this.lastTop);
      this.base = this.top - physical;
      settles = true;
    }
    this.settleRoom();
    const after = this.near;
    if (before.start !== after.start || before.end !== after.end) this.changed();
    this.moved();
    return settles;
  }

  /** Puts the scroll bar where {@link top} belongs, as soon as the rows are rendered there. */
  settleBar(): void {
    this.base = this.top - toPhysical(this.layout, this.top, this.viewport - this.room);
    this.isBarStale = true;
    this.changed();
    this.moved();
  }

  /** The position to move the scroll bar to after rendering; undefined where it is already there. */
  takeBarPosition(): number | undefined {
    if (!this.isBarStale) return undefined;
    this.isBarStale = false;
    this.lastPhysical = this.top - this.base;
    return this.lastPhysical;
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

  /** Where a row is rendered, in pixels from the top of the scrolled element. */
  offsetOf(row: number): number {
    return clamp(row * this.layout.rowHeight - this.base, -this.layout.rowHeight, this.layout.physicalHeight);
  }

  /** The row of a cell. */
  rowOf(index: number): number {
    return Math.floor(index / this.layout.columns);
  }

  /** Scrolls no further than needed to show the whole row of a cell. */
  reveal(index: number): void {
    this.scrollTo(topShowing(this.layout, this.rowOf(index), this.top, this.clear));
  }

  /** Like {@link reveal}, but only where something lies over the row: the viewport's end alone may cut it off. */
  uncover(index: number): void {
    const isCovered = this.distanceOf(index) + this.layout.cellHeight > this.clear;
    if (this.covered > 0 && isCovered) this.reveal(index);
  }

  /** Scrolls the row of a cell to the top of the viewport. */
  scrollToIndex(index: number): void {
    this.scrollTo(this.rowOf(index) * this.layout.rowHeight);
  }

  /** How far below the top of the viewport the row of a cell begins, in pixels; negative above it. */
  distanceOf(index: number): number {
    return this.rowOf(index) * this.layout.rowHeight - this.top;
  }

  /** Scrolls until the row of a cell begins `distance` pixels below the top of the viewport. */
  scrollToDistance(index: number, distance: number): void {
    this.scrollTo(this.top + this.distanceOf(index) - distance);
  }

  private scrollTo(top: number): void {
    const next = clamp(top, 0, this.lastTop);
    if (next === this.top) return;
    this.direction = next > this.top ? 1 : -1;
    this.top = next;
    this.settleRoom();
    this.settleBar();
  }

  /** The last position that the list can be scrolled to. */
  private get lastTop(): number {
    return maxTop(this.layout, this.viewport - this.room);
  }

  /** Gives up room that is neither needed nor scrolled into. */
  private settleRoom(): void {
    const scrolledInto = this.top + this.viewport - this.layout.contentHeight;
    const room = Math.max(this.covered, Math.min(this.room, scrolledInto));
    if (room === this.room) return;
    this.room = room;
    this.changed();
  }

  private layOutAgain(): void {
    const before = this.layout;
    const anchor = Math.floor(this.top / before.rowHeight) * before.columns;
    const within = (this.top % before.rowHeight) / before.rowHeight;
    this.layout = layOutRows(this.count, this.width, this.size, this.viewport);
    if (this.layout.columns !== before.columns || this.layout.rowHeight !== before.rowHeight) {
      this.top = (this.rowOf(anchor) + within) * this.layout.rowHeight;
    }
    this.top = clamp(this.top, 0, this.lastTop);
    this.settleRoom();
    this.settleBar();
  }
}
