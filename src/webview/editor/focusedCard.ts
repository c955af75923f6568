/** Until cards come from the host: the pause between two looks, in milliseconds, and how many there are. */
const pause = 50;
const maxLooks = 40;

/** The dependencies of {@link focusedCard}. */
interface Looking<Card> {
  /** the grid, once it is rendered */
  grid: () => { cardInView(path: string): Promise<Card | undefined> } | null;
  /** whether the user did something meanwhile: then the focus stays where it is */
  hasActed: () => boolean;
}

/**
 * The card that had the focus in an earlier page, once its card has come and if it is in view: VS Code makes the page
 * anew whenever its tab comes to the front.
 */
export async function focusedCard<Card>(path: string, { grid, hasActed }: Looking<Card>): Promise<Card | undefined> {
  for (let left = maxLooks; left > 0 && path !== '' && !hasActed(); left--) {
    const card = await grid()?.cardInView(path);
    if (card !== undefined) return hasActed() ? undefined : card;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return undefined;
}
