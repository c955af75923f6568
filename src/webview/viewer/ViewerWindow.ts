import type { CardItem } from '../../protocol/page/cardProtocol';

/** Number of images to fetch before and after the shown one, so that their pictures can be prefetched. */
const neighbours = 2;

/** The requests of the viewer to the host. */
export interface ViewerSource {
  /** images by position in the current order and filter */
  items(start: number, count: number): Promise<{ order: number; items: CardItem[] }>;
  /** the position of an image; null where the search hides it or it was deleted */
  locate(path: string): Promise<{ index: number | null; order: number }>;
}

/**
 * The image in the viewer and its neighbours in the current order and filter. An image that moves or no longer matches
 * the filter stays shown; in the latter case its neighbours are those of its old position.
 */
export class ViewerWindow {
  /** position of the image in the current order; its last known one when {@link isListed} is false */
  index = 0;
  /** the image that is shown */
  item: CardItem | undefined;
  /** whether the image is among those that match the search */
  isListed = true;
  /** the neighbours of {@link item}, nearest first */
  around: readonly CardItem[] = [];
  /** the number of the latest fetch: replies to earlier ones are stale */
  private turn = 0;
  /** the position that the user moved to, while the image at that position is being fetched */
  private target: number | undefined;
  private moving: Promise<void> | undefined;

  constructor(
    private readonly source: ViewerSource,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Shows an image. */
  async show(path: string): Promise<void> {
    this.target = undefined;
    await this.fetch(path);
  }

  /**
   * Shows the image `by` positions further on.
   * @param total images in the current order
   * @returns false at the end of the list
   */
  async move(by: number, total: number): Promise<boolean> {
    // If the shown image is no longer in the list, its position now belongs to the image after it. Moving forward then
    // takes one step less.
    const isListed = this.isListed || this.target !== undefined;
    const from = this.target ?? this.index;
    const target = Math.max(0, Math.min(total - 1, from + by - (!isListed && by > 0 ? 1 : 0)));
    if (total === 0 || (target === from && isListed)) return false;
    const known = this.around.find(({ index }) => index === target);
    if (known !== undefined) {
      // Replies to earlier fetches are for positions that the user has left: ignore them.
      this.turn++;
      this.index = target;
      this.item = known;
      this.isListed = true;
      this.around = this.around.filter(({ path }) => path !== known.path);
      this.changed();
    }
    this.target = target;
    this.moving ??= this.fetchTarget().finally(() => (this.moving = undefined));
    await this.moving;
    return true;
  }

  /** Fetches the image at the target position. Each reply is shown, even if more keys were pressed meanwhile. */
  private async fetchTarget(): Promise<void> {
    while (this.target !== undefined) {
      const target = this.target;
      await this.fetch(undefined, target);
      if (this.target === target) this.target = undefined;
    }
  }

  /** Fetches the image and its neighbours again, after a change. */
  async refresh(): Promise<void> {
    // Wait for moves in flight: fetching the image that the user is leaving would make their replies stale.
    await this.moving;
    if (this.item !== undefined) await this.fetch(this.item.path, this.index);
  }

  /** Clears the image and its neighbours. */
  close(): void {
    this.turn++;
    this.target = undefined;
    this.item = undefined;
    this.around = [];
  }

  /** Fetches an image and its neighbours: by path, with `index` as its likely position, or by `index` alone. */
  private async fetch(path: string | undefined, index?: number): Promise<void> {
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
