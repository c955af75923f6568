/** While the cards of an image are on their way, they are looked for after each such pause, so many times; milliseconds. */
const pause = 50;
const tries = 100;

/** What {@link revealImage} asks and moves. */
interface Revealing {
  /** where an image is in the order of the host; undefined where it is not shown */
  locate: () => Promise<{ index: number | null; order: number } | undefined>;
  /** the cards that the page has, and of which order they are */
  items: { readonly order: number };
  /** the grid, once it is drawn */
  grid: () => Promise<{ returnTo(index: number): void } | null>;
}

/** Puts the keyboard focus on an image. While a folder is being read, what the page shows may be older than its place. */
export async function revealImage({ locate, items, grid }: Revealing): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const place = await locate();
    if (typeof place?.index !== 'number') return;
    const shown = await grid();
    if (shown !== null && items.order >= place.order) {
      shown.returnTo(place.index);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
