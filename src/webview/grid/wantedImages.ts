import { cellsOf } from './gridLayout';
import type { WantedImage } from '../pictures/ImageQueue';
import type { ItemWindow } from './ItemWindow';
import type { RowVirtualizer } from './RowVirtualizer';

/** The pictures near the viewport, as far as their cards are known; those in the middle of it first. */
export function wantedImages(rows: RowVirtualizer, items: ItemWindow): WantedImage[] {
  const { layout, near, inView: seenRows, top, viewport } = rows;
  const middle = top + viewport / 2;
  const wanted: { key: WantedImage; distance: number }[] = [];
  const cells = cellsOf(layout, near);
  const seen = cellsOf(layout, seenRows);
  for (let index = cells.start; index < cells.end; index++) {
    const item = items.at(index);
    if (item === undefined) continue;
    const { path, imageVersion } = item;
    const rowMiddle = Math.floor(index / layout.columns) * layout.rowHeight + layout.cellHeight / 2;
    const inView = index >= seen.start && index < seen.end;
    wanted.push({ key: { path, imageVersion, inView }, distance: Math.abs(rowMiddle - middle) });
  }
  wanted.sort((a, b) => a.distance - b.distance);
  return wanted.map(({ key }) => key);
}
