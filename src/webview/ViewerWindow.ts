import type { CardItem } from '../protocol/gridProtocol';

/** So many images before and after the one that is shown are known, so that their pictures can be loaded. */
const neighbours = 2;

/** What the viewer asks the host. */
export interface ViewerSource {
  /** images by position in the current order and filter */
  items(start: number, count: number): Promise<{ order: number; items: CardItem[] }>;
  /** where an image is; null where the search hides it or it is gone */
  locate(path: string): Promise<{ index: number | null; order: number }>;
}

/**
 * The image that the viewer shows and its neighbours in the current order and filter. An image that leaves the filter or
 * moves stays the one that is shown; where it is gone, its neighbours are those of its old place.
 */
export class ViewerWindow {
  /** position of the image in the current order; the place where it was when {@link isListed} is false */
  index = 0;
  /** the image that is shown */
  item: CardItem | undefined;
  /** whether the image is among those that match the search */
  isListed = true;
  /** the images around it, nearest first */
  around: readonly CardItem[] = [];
  private turn = 0;

  constructor(
    private readonly source: ViewerSource,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Shows an image. */
  async show(path: string): Promise<void> {
    await this.take(path);
  }

  /**
   * Shows the image so many places further on.
   * @param total images in the current order
   * @returns false at the end of the list
   */
  async move(by: number, total: number): Promise<boolean> {
    // What took the place of an image that is gone is the next one.
    const target = Math.max(0, Math.min(total - 1, this.index + by - (!this.isListed && by > 0 ? 1 : 0)));
    if (total === 0 || (target === this.index && this.isListed)) return false;
    const known = this.around.find(({ index }) => index === target);
    if (known !== undefined) {
      this.index = target;
      this.item = known;
      this.isListed = true;
      this.around = this.around.filter(({ path }) => path !== known.path);
      this.changed();
    }
    await this.take(undefined, target);
    return true;
  }

  /** Asks for everything again: something has changed. */
  async refresh(): Promise<void> {
    if (this.item !== undefined) await this.take(this.item.path, this.index);
  }

  /** Nothing is shown any more. */
  close(): void {
    this.turn++;
    this.item = undefined;
    this.around = [];
  }

  /** Asks where an image is now, unless it is known to be at `index`, and for what lies around it. */
  private async take(path: string | undefined, index?: number): Promise<void> {
    const turn = ++this.turn;
    try {
      let at = index;
      let isListed = true;
      let items = at === undefined ? [] : await this.itemsAround(at);
      if (path !== undefined && !items.some((item) => item.index === at && item.path === path)) {
        const found = (await this.source.locate(path)).index;
        isListed = found !== null;
        at = found ?? at ?? 0;
        items = await this.itemsAround(at);
      }
      if (turn !== this.turn) return;
      const place = at ?? 0;
      this.index = place;
      this.isListed = isListed;
      if (isListed) this.item = items.find((item) => item.index === place) ?? this.item;
      this.around = items
        .filter((item) => item.path !== this.item?.path)
        .sort((a, b) => Math.abs(a.index - place) - Math.abs(b.index - place));
      this.changed();
    } catch (error) {
      if (turn === this.turn) this.failed(error);
    }
  }

  private async itemsAround(index: number): Promise<CardItem[]> {
    const start = Math.max(0, index - neighbours);
    return (await this.source.items(start, index + neighbours + 1 - start)).items;
  }
}
