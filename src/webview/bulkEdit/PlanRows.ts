import type { PlanItem } from '../../protocol/page/bulkEditProtocol';

/** A row of a preview. */
export interface PreviewRow extends PlanItem {
  /** what it says beside the name of the image */
  note?: string | undefined;
}

/** Number of rows per request. */
const pageSize = 50;

/** The captions that an edit would change. Only the pages that were looked at are loaded from the host. */
export class PlanRows {
  private readonly items = new Map<number, PreviewRow>();
  private readonly requestedPages = new Set<number>();

  /**
   * @param count number of captions that would change
   * @param load asks the host for some of them
   * @param loaded called after each page that has come
   */
  constructor(
    readonly count: number,
    private readonly load: (start: number, count: number) => Promise<PreviewRow[]>,
    private readonly loaded: () => void,
  ) {}

  /** A row; undefined until it has been loaded. */
  at(index: number): PreviewRow | undefined {
    return this.items.get(index);
  }

  /**
   * Loads the missing rows from `start` up to but not including `end`; pages in flight are not requested again.
   * @returns resolves when the pages that this call requested have come; rejects if one failed, and then the next call
   *   requests it again
   */
  async need(start: number, end: number): Promise<void> {
    const pages: Promise<void>[] = [];
    for (let page = Math.floor(start / pageSize); page * pageSize < Math.min(end, this.count); page++) {
      if (this.requestedPages.has(page)) continue;
      this.requestedPages.add(page);
      pages.push(this.fetch(page));
    }
    await Promise.all(pages);
  }

  /** Ticks a row, or all of them, as an optimistic update: the host does the same. */
  tick(index: number | 'all', ticked: boolean): void {
    if (index !== 'all') {
      const item = this.items.get(index);
      if (item !== undefined) this.items.set(index, { ...item, ticked });
    } else for (const [position, item] of this.items) this.items.set(position, { ...item, ticked });
  }

  /** Changes what is known of a row. */
  change(index: number, part: Partial<PreviewRow>): void {
    const item = this.items.get(index);
    if (item !== undefined) this.items.set(index, { ...item, ...part });
  }

  private async fetch(page: number): Promise<void> {
    try {
      for (const item of await this.load(page * pageSize, pageSize)) this.items.set(item.index, item);
      this.loaded();
    } catch (thrown) {
      this.requestedPages.delete(page);
      throw thrown;
    }
  }
}
