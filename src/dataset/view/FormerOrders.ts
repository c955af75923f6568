/** An order of images as it was: their list, and whether it was by name. */
export interface FormerOrder<Image> {
  images: readonly Image[];
  byName: boolean;
}

/** Maximum number of images of all remembered orders together; the latest order always stays. */
const maxImages = 2_000_000;
/** Maximum number of remembered orders. */
const maxOrders = 64;

/**
 * The latest orders of images that a page was told of. Over a slow link, the user may choose a position in an order
 * that is stale; here it still means the image that was there.
 */
export class FormerOrders<Image> {
  private readonly orders = new Map<number, FormerOrder<Image>>();
  private images = 0;

  /** The page is told of an order. The list must not change from now on. */
  note(order: number, former: FormerOrder<Image>): void {
    if (this.orders.has(order)) return;
    this.orders.set(order, former);
    this.images += former.images.length;
    for (const [old, { images }] of this.orders) {
      const isLatest = this.orders.size === 1;
      if (isLatest || (this.orders.size <= maxOrders && this.images <= maxImages)) return;
      this.orders.delete(old);
      this.images -= images.length;
    }
  }

  /** The order with this number; undefined where it is no longer remembered or the page was never told of it. */
  get(order: number): FormerOrder<Image> | undefined {
    return this.orders.get(order);
  }
}
