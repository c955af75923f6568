import type { GridViewRequests, ItemsAround } from '../../protocol/page/gridViewProtocol';
import { cellsOf } from './gridLayout';
import type { ImageGrid } from './ImageGrid';

/** The most cards before and after the anchor that are asked for at once. */
const mostAround = 240;

/** Asks the host for the images around a place; undefined where it could not answer. */
export type AskAround = (params: Parameters<GridViewRequests['getItemsAround']>[0]) => Promise<ItemsAround | undefined>;

/**
 * Keeps what the user looks at in its place when the order of the images changes: asks the host where it is now, and
 * shows the cards and the position of the new order in one go. Until then the old ones stay.
 */
export class GridPlace {
  private busy = false;
  private shownKey: string | undefined;
  private started = false;
  /** what is to be shown first, while it is not there yet, and how often somebody had scrolled by then */
  private awaited: { path: string; scrolls: number } | undefined;

  constructor(private readonly grid: ImageGrid) {}

  /** Whether what was looked at before has not come yet, as while a folder is being read, and nobody went elsewhere. */
  get isWaiting(): boolean {
    const { awaited, grid } = this;
    return awaited?.scrolls === grid.rows.scrolls && !grid.chosen;
  }

  /** Called before each update of the grid. */
  follow(): void {
    const { grid } = this;
    const { items, rows, order } = grid;
    if (items === undefined) return;
    const known = items.order > 0;
    if (!known || items.order === order) rows.configure(grid.count, grid);
    else rows.configure(rows.layout.count, grid);
    if (rows.viewport === 0 || grid.count === 0) return;
    if (!this.started) {
      this.started = true;
      grid.active = Math.min(grid.startIndex, grid.count - 1);
      if (!known || items.order === order) rows.scrollToIndex(grid.active);
    }
    // A snapshot may be older than the cards.
    if (order > items.order && !this.busy) void this.run();
  }

  private async run(): Promise<void> {
    const { grid } = this;
    this.busy = true;
    try {
      while (grid.isConnected && grid.items !== undefined && grid.order > grid.items.order) {
        if (!(await this.move())) break;
      }
    } finally {
      this.busy = false;
    }
  }

  private async move(): Promise<boolean> {
    const { grid } = this;
    const { rows, items, selector } = grid;
    if (items === undefined || grid.around === undefined) return false;
    const key = grid.viewKey;
    const first = items.order === 0;
    const other = this.shownKey !== undefined && this.shownKey !== key && !first;
    const cards = Math.min(
      mostAround,
      (2 * Math.ceil(rows.viewport / rows.layout.rowHeight) + 2) * rows.layout.columns,
    );
    const find = [
      ...new Set([grid.activePath, selector.originPath, ...(grid.context?.drafts.openPaths() ?? [])]),
    ].filter((path) => path !== undefined);
    // Whoever asks for another search or order wants to see what that finds.
    if (other) this.awaited = undefined;
    if (first && grid.startPath !== '') this.awaited = { path: grid.startPath, scrolls: rows.scrolls };
    const awaited = this.isWaiting ? this.awaited?.path : undefined;
    const answer = await grid.around({
      paths: [...(awaited === undefined ? [] : [awaited]), ...(first ? [] : this.anchors(other))],
      index: first ? grid.startIndex : other ? 0 : grid.firstIndex,
      before: cards,
      after: cards,
      find,
    });
    if (answer === undefined) return false;
    const places = new Map<string, number>();
    find.forEach((path, at) => {
      const index = answer.found[at];
      if (typeof index === 'number') places.set(path, index);
    });
    const { anchor } = answer;
    // Where it is now: the user may have scrolled since the question.
    const before = anchor === null ? undefined : items.indexOf(anchor.path);
    const distance = before === undefined ? 0 : rows.distanceOf(before);
    items.replace(answer, [...places]);
    selector.orderChanged(places);
    this.shownKey = key;
    rows.configure(answer.matching, grid);
    const arrived = anchor !== null && anchor.path === awaited && this.isWaiting;
    if (arrived || !this.isWaiting) this.awaited = undefined;
    if (arrived) rows.scrollToIndex(anchor.index);
    else if (anchor !== null) rows.scrollToDistance(anchor.index, distance);
    else if (first) rows.scrollToIndex(Math.min(grid.startIndex, answer.matching - 1));
    else if (other) rows.scrollToIndex(0);
    const active = grid.activePath === undefined ? undefined : places.get(grid.activePath);
    if (active !== undefined) grid.active = active;
    else if (first || arrived) grid.active = anchor?.index ?? grid.startIndex;
    else if (other) grid.active = 0;
    // Elsewhere the active image is gone, and the one that took its place becomes active.
    if (active === undefined) grid.activePath = undefined;
    grid.requestUpdate();
    return true;
  }

  /** What the user looks at, dearest first: the active image where it is in view, then all that are in view. */
  private anchors(other: boolean): string[] {
    const { rows, items, active, activePath, chosen } = this.grid;
    const cells = cellsOf(rows.layout, rows.inView);
    const seen = active >= cells.start && active < cells.end;
    const paths = chosen && seen && activePath !== undefined ? [activePath] : [];
    // Another search or sort order was asked for: it is shown from its beginning, unless somebody is at an image.
    if (other) return paths;
    for (let index = cells.start; index < cells.end; index++) {
      const item = items?.at(index);
      if (item !== undefined) paths.push(item.path);
    }
    return paths;
  }
}
