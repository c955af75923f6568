import type { ImageCard } from '../card/ImageCard';

/** Where the keyboard focus was before the grid was drawn again. */
export interface HeldFocus {
  path: string | undefined;
  /** the caret, where the focus was in the caption */
  caret: [start: number, end: number, direction: 'forward' | 'backward' | 'none'] | undefined;
  /** it was in a caption that is shown as tags */
  inTags: boolean;
}

/** Where the focus is; undefined where it is on no card of the grid. */
export function focusIn(root: ShadowRoot): HeldFocus | undefined {
  const element = root.activeElement;
  const card = element?.closest('image-card');
  if (!element || !card) return undefined;
  const caret: HeldFocus['caret'] =
    element instanceof HTMLTextAreaElement
      ? [element.selectionStart, element.selectionEnd, element.selectionDirection]
      : undefined;
  return { path: card.item?.path, caret, inTags: element.closest('tag-chips') !== null };
}

/** Gives the focus to the image that had it, or to `instead` where that is gone. */
export async function giveFocusBack(
  held: HeldFocus,
  card: ImageCard | undefined,
  instead: ImageCard | undefined,
): Promise<void> {
  await card?.updateComplete;
  if (card?.captionArea !== undefined && held.caret !== undefined) {
    card.focusCaption();
    card.captionArea.setSelectionRange(...held.caret);
  } else if (held.inTags && card !== undefined) {
    card.focusCaption();
  } else {
    (card ?? instead)?.focus({ preventScroll: true });
  }
}
