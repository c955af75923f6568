/** Fired on the document by {@link say}. */
export type Said = CustomEvent<{ text: string }>;

/** The name of the event {@link Said}. */
export const saidEvent = 'dataset-captions-said';

/**
 * Shows a sentence for a few seconds over the page, and has screen readers announce it.
 * @param text a short sentence; empty to take away what is shown
 */
export function say(text: string): void {
  document.dispatchEvent(new CustomEvent(saidEvent, { detail: { text } }) satisfies Said);
}
