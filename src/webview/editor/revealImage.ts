/**
 * Polling while cards are in flight: the pause between two attempts, in milliseconds, and the maximum number of
 * attempts.
 */
const retryDelay = 50;
const maxAttempts = 100;

/** The dependencies of {@link revealImage}. */
interface Revealing {
  /**
   * requests the image's position in the host's order; `undefined` when the request failed, a null index when the image
   * is not listed
   */
  locate: () => Promise<{ index: number | null; order: number } | undefined>;
  /** the number of the order to which the page's cards belong */
  items: { readonly order: number };
  /** the grid, once it is rendered */
  grid: () => Promise<{ returnTo(index: number): void; show(index: number): void } | null>;
  /** whether the user did something since the image was asked for */
  hasActed: () => boolean;
}

/**
 * Focuses an image, or only shows it if the user has begun with something else. Retries while the page's cards belong
 * to an older order than the position, for example during a scan.
 */
export async function revealImage({ locate, items, grid, hasActed }: Revealing): Promise<void> {
  for (let left = maxAttempts; left > 0; left--) {
    const place = await locate();
    if (typeof place?.index !== 'number') return;
    const shown = await grid();
    if (shown !== null && items.order >= place.order) {
      if (hasActed()) shown.show(place.index);
      else shown.returnTo(place.index);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryDelay));
  }
}
