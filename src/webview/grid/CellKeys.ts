import type { PlaceInOrder } from '../../protocol/page/gridViewProtocol';
import type { ItemWindow } from './ItemWindow';

/** What the keys need to know of the cards. */
type Cards = Pick<ItemWindow, 'order' | 'at' | 'whereWas'>;

/**
 * The names by which the cells of the grid keep their elements while the grid is rendered again: the paths of their
 * images, because a field must never be reused for another caption while the user types into it. The active cell, which
 * may have the focus before its image is known, keeps its element when the image comes.
 */
export class CellKeys {
  private kept: { key: string; place: PlaceInOrder; path: string | undefined } | undefined;

  /** Called before the grid is rendered with these cards. */
  update(cards: Cards, active: number): void {
    const { order } = cards;
    const path = cards.at(active)?.path;
    if (this.kept !== undefined && this.kept.path === undefined) {
      const was = cards.whereWas(this.kept.place);
      if (was === null) this.kept = undefined;
      else if (was !== undefined) {
        this.kept.path = was.path;
        if (was.index !== null) this.kept.place = { order, index: was.index };
      }
    }
    if (this.kept !== undefined && this.isAt(active, path, order)) return;
    this.kept =
      path === undefined ? { key: `place ${order} ${active}`, place: { order, index: active }, path } : undefined;
  }

  /** The name of the cell at a position, in which the image with this path is shown. */
  keyAt(index: number, path: string | undefined): string {
    const { kept } = this;
    if (kept !== undefined && (path === undefined ? kept.place.index === index : kept.path === path)) return kept.key;
    return path ?? `place ${index}`;
  }

  /** Whether the element that was kept is the active cell's still. */
  private isAt(active: number, path: string | undefined, order: number): boolean {
    const { kept } = this;
    if (kept === undefined) return false;
    if (path !== undefined) return kept.path === path;
    return kept.place.order === order && kept.place.index === active;
  }
}
