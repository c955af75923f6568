import type { PlanItem } from '../../protocol/page/bulkEditProtocol';

/** Rows are asked for in pages of so many. */
const pageSize = 50;

/** The captions that an edit would change, of which only those that were looked at have come from the host. */
export class PlanRows {
  private readonly items = new Map<number, PlanItem>();
  private readonly asked = new Set<number>();

  /**
   * @param count how many there are
   * @param load asks the host for some
   * @param loaded some have come
   */
  constructor(
    readonly count: number,
    private readonly load: (start: number, count: number) => Promise<PlanItem[]>,
    private readonly loaded: () => void,
  ) {}

  /** A row; undefined until it has come. */
  at(index: number): PlanItem | undefined {
    return this.items.get(index);
  }

  /**
   * Asks for the rows from `start` up to, without, `end` that are not there.
   * @returns resolves when they are
   */
  async need(start: number, end: number): Promise<void> {
    const pages: Promise<void>[] = [];
    for (let page = Math.floor(start / pageSize); page * pageSize < Math.min(end, this.count); page++) {
      if (this.asked.has(page)) continue;
      this.asked.add(page);
      pages.push(this.fetch(page));
    }
    await Promise.all(pages);
  }

  /** Notes what the user ticked, as the host does. */
  tick(index: number | 'all', ticked: boolean): void {
    if (index !== 'all') {
      const item = this.items.get(index);
      if (item !== undefined) this.items.set(index, { ...item, ticked });
    } else for (const [position, item] of this.items) this.items.set(position, { ...item, ticked });
  }

  private async fetch(page: number): Promise<void> {
    try {
      for (const item of await this.load(page * pageSize, pageSize)) this.items.set(item.index, item);
      this.loaded();
    } catch (thrown) {
      this.asked.delete(page);
      throw thrown;
    }
  }
}
