import { type CardSize, cardSizes, type GridMode } from '../shared/cardSizes';
import { clamp } from '../shared/clamp';
import { type CellSize, layOutRows, type RowLayout } from '../virtualList/rowLayout';

/** Height of the rows of the list, in CSS pixels. */
export const listHeights: Readonly<Record<CardSize, number>> = { small: 48, medium: 76, large: 124 };

/** Space between the cells of the grid, in CSS pixels. The rows of the list touch. */
export const gap = 12;

/** What the cells of the grid are: how they are arranged, and their size. */
export interface CellShape {
  mode: GridMode;
  size: CardSize;
}

/** The size of the cells of a shape, for a virtualized list. */
export function cellSizeOf({ mode, size }: CellShape): CellSize {
  if (mode === 'list') return { minWidth: undefined, height: listHeights[size], gap: 0 };
  return { ...cardSizes[size], gap };
}

/** {@link layOutRows} for cells of a shape. */
export function layOut(
  count: number,
  width: number,
  shape: CellShape,
  viewport?: number,
  maxHeight?: number,
): RowLayout {
  return layOutRows(count, width, cellSizeOf(shape), viewport, maxHeight);
}

/** Maximum number of cards before and after the anchor that are asked for at once. */
const maxAround = 240;

/** How many cards before and after the anchor are asked for, so that all that are near it are known. */
export function cardsAround(viewport: number, { rowHeight, columns }: RowLayout): number {
  return Math.min(maxAround, (2 * Math.ceil(viewport / rowHeight) + 2) * columns);
}

/**
 * Where a navigation key leads from the cell at `index`.
 * @param key `key` of the keyboard event
 * @param ctrl whether Home and End lead to the ends of the list, not of the row
 * @param pageRows how many rows Page Up and Page Down move
 * @returns the new index, which may be the old one; undefined where the key does not navigate
 */
export function indexAfterKey(
  key: string,
  ctrl: boolean,
  index: number,
  layout: RowLayout,
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
