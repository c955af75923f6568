import { clamp } from '../shared/clamp';

/** Maximum number of cells near the viewport that are in the document; pinned ones come on top. */
export const maxNearCells = 280;

/**
 * The tallest element that the scroll bar is trusted with, in CSS pixels. Chromium stops near 33 million device pixels,
 * which is half of that in CSS pixels at 200 % zoom.
 */
export const maxPhysicalHeight = 8_000_000;

/** The size of the cells of a list, in CSS pixels. */
export interface CellSize {
  /** a cell is never narrower; undefined for one column as wide as the list */
  minWidth: number | undefined;
  /** every cell has this height */
  height: number;
  /** space between two cells, and between two rows */
  gap: number;
}

/** Where the cells of a list of uniform cells are, by arithmetic alone. Lengths are in CSS pixels. */
export interface RowLayout {
  /** number of cells */
  count: number;
  columns: number;
  rows: number;
  /** space between cells */
  gap: number;
  cellWidth: number;
  cellHeight: number;
  /** distance between the tops of two rows */
  rowHeight: number;
  /** height of all rows together */
  contentHeight: number;
  /** height of the element that scrolls: {@link contentHeight}, or {@link maxPhysicalHeight} where that is less */
  physicalHeight: number;
}

/**
 * Lays out `count` uniform cells in rows as wide as `width`; the cells stretch to fill the row. Where more than
 * {@link maxNearCells} would be in view, the columns are fewer and the cells wider.
 * @param viewport height of the part that is in view at a time, in CSS pixels
 * @param maxHeight for tests; see {@link maxPhysicalHeight}
 */
export function layOutRows(
  count: number,
  width: number,
  { minWidth, height, gap }: CellSize,
  viewport = 0,
  maxHeight = maxPhysicalHeight,
): RowLayout {
  const rowsInView = Math.ceil(viewport / (height + gap)) + 1;
  const fitting = minWidth === undefined ? 1 : Math.floor((width + gap) / (minWidth + gap));
  const columns = Math.max(1, Math.min(fitting, Math.floor(maxNearCells / rowsInView)));
  const rows = Math.ceil(count / columns);
  const contentHeight = Math.max(0, rows * (height + gap) - gap);
  return {
    count,
    columns,
    rows,
    gap,
    cellWidth: Math.max(0, (width - gap * (columns - 1)) / columns),
    cellHeight: height,
    rowHeight: height + gap,
    contentHeight,
    physicalHeight: Math.min(contentHeight, maxHeight),
  };
}

/** A range of rows or cells: `start` up to but not including `end`. */
export interface Span {
  start: number;
  end: number;
}

/** The rows that touch the viewport or lie within `overscan` pixels of it. */
export function rowsNear(layout: RowLayout, top: number, viewport: number, overscan: number): Span {
  const start = Math.floor((top - overscan) / layout.rowHeight);
  const end = Math.ceil((top + viewport + overscan) / layout.rowHeight);
  return { start: clamp(start, 0, layout.rows), end: clamp(end, 0, layout.rows) };
}

/**
 * The rows to keep in the document: those that touch the viewport, and an overscan before and after it of up to one
 * viewport each, but no more than {@link maxNearCells} cells in all.
 */
export function rowsToRender(layout: RowLayout, top: number, viewport: number): Span {
  const seen = rowsNear(layout, top, viewport, 0);
  const maxRows = Math.max(1, Math.floor(maxNearCells / layout.columns));
  const spare = Math.max(0, maxRows - (seen.end - seen.start));
  const margin = Math.min(Math.ceil(viewport / layout.rowHeight), Math.floor(spare / 2));
  const start = Math.max(0, seen.start - margin);
  return { start, end: Math.min(layout.rows, seen.end + margin, start + maxRows) };
}

/** A row in the document, and which of its cells are rendered: all, or only the pinned ones. */
export interface RenderedRow {
  row: number;
  cells: number[];
}

/** The rows of `span` with all their cells, and of other rows the `pinned` cells: in ascending order, each once. */
export function withPinned(layout: RowLayout, span: Span, pinned: readonly number[]): RenderedRow[] {
  const rows = new Map<number, number[]>();
  for (let row = span.start; row < span.end; row++) {
    const { start, end } = cellsOf(layout, { start: row, end: row + 1 });
    rows.set(
      row,
      Array.from({ length: end - start }, (_, column) => start + column),
    );
  }
  for (const cell of pinned) {
    if (cell < 0 || cell >= layout.count) continue;
    const row = Math.floor(cell / layout.columns);
    const cells = rows.get(row);
    if (cells === undefined) rows.set(row, [cell]);
    else if (!cells.includes(cell)) cells.push(cell);
  }
  return [...rows].sort(([a], [b]) => a - b).map(([row, cells]) => ({ row, cells: cells.sort((a, b) => a - b) }));
}

/** The cells of the rows in `span`. */
export function cellsOf(layout: RowLayout, span: Span): Span {
  return { start: span.start * layout.columns, end: Math.min(layout.count, span.end * layout.columns) };
}

/** The last position that the content can be scrolled to. */
export function maxTop(layout: RowLayout, viewport: number): number {
  return Math.max(0, layout.contentHeight - viewport);
}

/** The position in the content (`top`) for a position of the scroll bar (`scrollTop`). */
export function toLogical(layout: RowLayout, physicalTop: number, viewport: number): number {
  const range = layout.physicalHeight - viewport;
  if (layout.physicalHeight === layout.contentHeight || range <= 0) return physicalTop;
  return clamp((physicalTop / range) * maxTop(layout, viewport), 0, maxTop(layout, viewport));
}

/** The position of the scroll bar (`scrollTop`) for a position in the content (`top`). */
export function toPhysical(layout: RowLayout, logicalTop: number, viewport: number): number {
  const range = layout.physicalHeight - viewport;
  if (layout.physicalHeight === layout.contentHeight || range <= 0) return logicalTop;
  return clamp((logicalTop / maxTop(layout, viewport)) * range, 0, range);
}

/** The nearest position to `top` at which the whole of `row` is in view. */
export function topShowing(layout: RowLayout, row: number, top: number, viewport: number): number {
  const rowTop = row * layout.rowHeight;
  const rowBottom = rowTop + layout.cellHeight;
  let next = top;
  if (rowBottom > top + viewport) next = rowBottom - viewport;
  if (rowTop < next) next = rowTop;
  return clamp(next, 0, maxTop(layout, viewport));
}
