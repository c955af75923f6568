import type { ImageGrid } from './ImageGrid';

/** So many cells outside the viewport are kept because of typing in them. */
const mostTyped = 15;

/** Cells that stay wherever they are: the active one with its focus, and those with typing that the host has not taken in. */
export function pinnedCells({ active, context, items }: Pick<ImageGrid, 'active' | 'context' | 'items'>): number[] {
  const open = (context?.drafts.openPaths() ?? []).slice(-mostTyped);
  return [active, ...open.map((path) => items?.indexOf(path)).filter((index) => index !== undefined)];
}
