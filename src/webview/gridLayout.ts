/** The sizes a card can have. */
export type CardSize = 'small' | 'medium' | 'large';

/** What a card size means, in CSS pixels: a cell is never narrower than `minWidth` and always `height` tall. */
export const cardSizes: Readonly<Record<CardSize, { minWidth: number; height: number }>> = {
  small: { minWidth: 140, height: 226 },
  medium: { minWidth: 220, height: 294 },
  large: { minWidth: 340, height: 436 },
};

/** Space between cells, in CSS pixels. */
export const gap = 12;

/**
 * The tallest element that the scroll bar is trusted with. Chromium stops near 33 million device pixels, which is half
 * of that in CSS pixels at 200 % zoom.
 */
export const maxPhysicalHeight = 8_000_000;

/** Where every cell of the grid is, without looking at any of them. */
export interface GridLayout {
  count: number;
  columns: number;
  rows: number;
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
 * Lays out `count` uniform cells in rows as wide as `width`; the cells stretch to fill the row.
 * @param maxHeight for tests; see {@link maxPhysicalHeight}
 */
export function layOut(count: number, width: number, size: CardSize, maxHeight = maxPhysicalHeight): GridLayout {
  const { minWidth, height } = cardSizes[size];
  const columns = Math.max(1, Math.floor((width + gap) / (minWidth + gap)));
  const rows = Math.ceil(count / columns);
  const contentHeight = Math.max(0, rows * (height + gap) - gap);
  return {
    count,
    columns,
    rows,
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
export function rowsNear(layout: GridLayout, top: number, viewport: number, overscan: number): Span {
  const start = Math.floor((top - overscan) / layout.rowHeight);
  const end = Math.ceil((top + viewport + overscan) / layout.rowHeight);
  return { start: clamp(start, 0, layout.rows), end: clamp(end, 0, layout.rows) };
}

/** The rows of `span` and the `pinned` ones, ascending and each once. */
export function withPinned(layout: GridLayout, span: Span, pinned: readonly number[]): number[] {
  const rows: number[] = [];
  for (let row = span.start; row < span.end; row++) rows.push(row);
  for (const row of pinned) {
    if (row >= 0 && row < layout.rows && !rows.includes(row)) rows.push(row);
  }
  return rows.sort((a, b) => a - b);
}

/** The cells of the rows in `span`. */
export function cellsOf(layout: GridLayout, span: Span): Span {
  return { start: span.start * layout.columns, end: Math.min(layout.count, span.end * layout.columns) };
}

/** The greatest position the content can be scrolled to. */
export function maxTop(layout: GridLayout, viewport: number): number {
  return Math.max(0, layout.contentHeight - viewport);
}

/** The position in the content that belongs to a position of the scroll bar. */
export function toLogical(layout: GridLayout, physicalTop: number, viewport: number): number {
  const range = layout.physicalHeight - viewport;
  if (layout.physicalHeight === layout.contentHeight || range <= 0) return physicalTop;
  return clamp((physicalTop / range) * maxTop(layout, viewport), 0, maxTop(layout, viewport));
}

/** The position of the scroll bar that belongs to a position in the content. */
export function toPhysical(layout: GridLayout, logicalTop: number, viewport: number): number {
  const range = layout.physicalHeight - viewport;
  if (layout.physicalHeight === layout.contentHeight || range <= 0) return logicalTop;
  return clamp((logicalTop / maxTop(layout, viewport)) * range, 0, range);
}

/** The nearest position to `top` at which the whole of `row` is in view. */
export function topShowing(layout: GridLayout, row: number, top: number, viewport: number): number {
  const rowTop = row * layout.rowHeight;
  const rowBottom = rowTop + layout.cellHeight;
  let next = top;
  if (rowBottom > top + viewport) next = rowBottom - viewport;
  if (rowTop < next) next = rowTop;
  return clamp(next, 0, maxTop(layout, viewport));
}

/**
 * Where a navigation key leads from the cell at `index`.
 * @param pageRows how many rows Page Up and Page Down move
 * @returns the new index, which may be the old one; undefined where the key does not navigate
 */
export function indexAfterKey(
  key: string,
  ctrl: boolean,
  index: number,
  layout: GridLayout,
  pageRows: number,
): number | undefined {
  const { columns, count } = layout;
  const last = count - 1;
  const rowStart = index - (index % columns);
  const vertical = (rows: number): number => {
    const column = index % columns;
    const row = clamp(Math.floor(index / columns) + rows, 0, layout.rows - 1);
    return Math.min(last, row * columns + column);
  };
  if (count === 0) return undefined;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowDown':
      return vertical(1);
    case 'ArrowUp':
      return vertical(-1);
    case 'PageDown':
      return vertical(Math.max(1, pageRows));
    case 'PageUp':
      return vertical(-Math.max(1, pageRows));
    case 'Home':
      return ctrl ? 0 : rowStart;
    case 'End':
      return ctrl ? last : Math.min(last, rowStart + columns - 1);
    default:
      return undefined;
  }
}

/** `value`, or the nearer end where it lies outside. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
