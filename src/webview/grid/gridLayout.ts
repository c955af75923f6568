/** The sizes a card can have. */
export type CardSize = 'small' | 'medium' | 'large';

/** Cards side by side, or one below the other as rows. */
export type GridMode = 'grid' | 'list';

/** What a card size means, in CSS pixels: a cell is never narrower than `minWidth` and always `height` tall. */
export const cardSizes: Readonly<Record<CardSize, { minWidth: number; height: number }>> = {
  small: { minWidth: 140, height: 226 },
  medium: { minWidth: 220, height: 294 },
  large: { minWidth: 340, height: 436 },
};

/** How tall the rows of the list are, in CSS pixels. */
export const listHeights: Readonly<Record<CardSize, number>> = { small: 48, medium: 76, large: 124 };

/** Space between cells, in CSS pixels. The rows of the list touch. */
export const gap = 12;

/** So many cards near the viewport are in the document at most; pinned ones come on top. */
export const maxNearCards = 280;

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

/** What the cells of a layout are. */
export interface CellShape {
  mode: GridMode;
  size: CardSize;
}

/**
 * Lays out `count` uniform cells in rows as wide as `width`; the cells stretch to fill the row. Where more than
 * {@link maxNearCards} would be in view, the columns are fewer and the cells wider.
 * @param viewport height of what is seen at a time, in CSS pixels
 * @param maxHeight for tests; see {@link maxPhysicalHeight}
 */
export function layOut(
  count: number,
  width: number,
  { mode, size }: CellShape,
  viewport = 0,
  maxHeight = maxPhysicalHeight,
): GridLayout {
  const list = mode === 'list';
  const height = list ? listHeights[size] : cardSizes[size].height;
  const between = list ? 0 : gap;
  const rowsInView = Math.ceil(viewport / (height + between)) + 1;
  const fitting = list ? 1 : Math.floor((width + between) / (cardSizes[size].minWidth + between));
  const columns = Math.max(1, Math.min(fitting, Math.floor(maxNearCards / rowsInView)));
  const rows = Math.ceil(count / columns);
  const contentHeight = Math.max(0, rows * (height + between) - between);
  return {
    count,
    columns,
    rows,
    gap: between,
    cellWidth: Math.max(0, (width - between * (columns - 1)) / columns),
    cellHeight: height,
    rowHeight: height + between,
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

/**
 * The rows to keep in the document: those that touch the viewport, and as many before and after it as there is room for,
 * up to one viewport each and {@link maxNearCards} cards together.
 */
export function rowsToRender(layout: GridLayout, top: number, viewport: number): Span {
  const seen = rowsNear(layout, top, viewport, 0);
  const most = Math.max(1, Math.floor(maxNearCards / layout.columns));
  const spare = Math.max(0, most - (seen.end - seen.start));
  const margin = Math.min(Math.ceil(viewport / layout.rowHeight), Math.floor(spare / 2));
  const start = Math.max(0, seen.start - margin);
  return { start, end: Math.min(layout.rows, seen.end + margin, start + most) };
}

/** A row in the document: the cells of it that are there, all or only the pinned ones. */
export interface RenderedRow {
  row: number;
  cells: number[];
}

/** The rows of `span` with all their cells and, of other rows, the `pinned` cells; ascending, each once. */
export function withPinned(layout: GridLayout, span: Span, pinned: readonly number[]): RenderedRow[] {
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
