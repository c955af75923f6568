import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';

/**
 * The search and the order that the page asked for last. They are the page's: a snapshot of the host counts only if it
 * answers the last request of the page. Until then it is stale: it is about an older search, whose text and results
 * must not come back. A search that is set elsewhere, such as in the tag view, is told with the number of the last one
 * that the page asked for, and replaces it.
 */
export class AskedView {
  query = '';
  sort: ImageSort = { key: 'name', descending: false };
  /** the number of what was asked last */
  private number = 0;
  /** the number that a snapshot must have to count */
  private awaited = 0;
  /** the number of the search that was asked last */
  private lastSearch = 0;
  /** the query that the host told last */
  private told = '';
  /** the query of the host when a search failed: while its snapshots have that one, the text of the page stays */
  private stale: string | undefined;

  /** The page asks for a search. Returns the number to send with it. */
  search(query: string): number {
    this.query = query;
    this.stale = undefined;
    this.lastSearch = this.next();
    return this.lastSearch;
  }

  /** The page asks for an order. Returns the number to send with it. */
  order(sort: ImageSort): number {
    this.sort = sort;
    return this.next();
  }

  /**
   * The request with this number has failed: the host may never have received it. The images are those of the host
   * then, but the text of a search stays the user's.
   */
  failed(number: number): void {
    if (this.lastSearch === number) this.stale = this.told;
    if (this.awaited === number) this.awaited = 0;
  }

  /** Whether the page has asked for nothing since. */
  isNewest(number: number): boolean {
    return this.number === number;
  }

  /**
   * What the page shows after a snapshot: until the host has received the last request, the images stay as they are
   * shown.
   * @param shown the snapshot that the page shows; undefined if it is the first
   */
  shownAfter(snapshot: GridSnapshot, shown: GridSnapshot | undefined): GridSnapshot {
    // A page that was made anew goes on with the numbers of the one before it.
    this.number = Math.max(this.number, snapshot.asked);
    this.told = snapshot.query;
    if (snapshot.asked >= this.awaited) {
      if (snapshot.query !== this.stale) {
        this.stale = undefined;
        this.query = snapshot.query;
      }
      this.sort = snapshot.sort;
      return snapshot;
    }
    if (shown === undefined) return snapshot;
    const { query, search, sort, order, matching } = shown;
    return { ...snapshot, query, search, sort, order, matching };
  }

  private next(): number {
    this.number++;
    this.awaited = this.number;
    return this.number;
  }
}
