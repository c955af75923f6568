/** While cards are in flight: the pause between two attempts, in milliseconds, and the maximum number of attempts. */
const retryDelay = 50;
const maxAttempts = 100;

/** What {@link revealImage} asks and moves. */
interface Revealing {
  /** the position of the image in the host's order; undefined where that is not known */
  locate: () => Promise<{ index: number | null; order: number } | undefined>;
  /** the order that the page's cards are of */
  items: { readonly order: number };
  /** the grid, once it is drawn */
  grid: () => Promise<{ returnTo(index: number): void } | null>;
}

/** Focuses an image. Waits while what the page shows is older than the position, as while a folder is being read. */
export async function revealImage({ locate, items, grid }: Revealing): Promise<void> {
  for (let left = maxAttempts; left > 0; left--) {
    const place = await locate();
    if (typeof place?.index !== 'number') return;
    const shown = await grid();
    if (shown !== null && items.order >= place.order) {
      shown.returnTo(place.index);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryDelay));
  }
}
