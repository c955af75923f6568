import type { CardItem } from '../../protocol/page/cardProtocol';

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
  /** the place that a move leads to, until it is known what lies there */
  private heading: number | undefined;
  private moving: Promise<void> | undefined;

  constructor(
    private readonly source: ViewerSource,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Shows an image. */
  async show(path: string): Promise<void> {
    this.heading = undefined;
    await this.take(path);
  }

  /**
   * Shows the image so many places further on.
   * @param total images in the current order
   * @returns false at the end of the list
   */
  async move(by: number, total: number): Promise<boolean> {
    // What took the place of an image that is gone is the next one.
    const isListed = this.isListed || this.heading !== undefined;
    const from = this.heading ?? this.index;
    const target = Math.max(0, Math.min(total - 1, from + by - (!isListed && by > 0 ? 1 : 0)));
    if (total === 0 || (target === from && isListed)) return false;
    const known = this.around.find(({ index }) => index === target);
    if (known !== undefined) {
      // The answer for a place on the way would show that once more.
      this.turn++;
      this.index = target;
      this.item = known;
      this.isListed = true;
      this.around = this.around.filter(({ path }) => path !== known.path);
      this.changed();
    }
    this.heading = target;
    this.moving ??= this.arrive().finally(() => (this.moving = undefined));
    await this.moving;
    return true;
  }

  /** Takes what lies where moves lead to; each answer is shown, however many keys were pressed meanwhile. */
  private async arrive(): Promise<void> {
    while (this.heading !== undefined) {
      const target = this.heading;
      await this.take(undefined, target);
      if (this.heading === target) this.heading = undefined;
    }
  }

  /** Asks for everything again: something has changed. */
  async refresh(): Promise<void> {
    // What lies where a move leads to is asked for first: an answer for the place that is left would come in its way.
    await this.moving;
    if (this.item !== undefined) await this.take(this.item.path, this.index);
  }

  /** Nothing is shown any more. */
  close(): void {
    this.turn++;
    this.heading = undefined;
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
