import type { GridViewRequests, ItemsAround } from '../../protocol/page/gridViewProtocol';

/** The image to show first, and its position in case it is gone. */
interface StartPlace {
  path: string;
  index: number;
}

/**
 * The cards that came with the host's first answer. The grid's first question is for them: it is answered without
 * asking, which saves a round trip before anything is seen.
 */
export class FirstCards {
  private kept: { place: StartPlace; around: ItemsAround } | undefined;

  /** Keeps the cards around the place that the page starts at. */
  keep({ path, index }: StartPlace, around: ItemsAround): void {
    this.kept = { place: { path, index }, around };
  }

  /** The answer to a question, if the kept cards are one; once, because cards get old. */
  take({ paths, index, find, places }: Parameters<GridViewRequests['getItemsAround']>[0]): ItemsAround | undefined {
    const { kept } = this;
    this.kept = undefined;
    if (kept === undefined || find.length + places.length > 0 || index !== kept.place.index) return undefined;
    const isPath = paths.length === 1 ? paths[0] === kept.place.path : paths.length === 0 && kept.place.path === '';
    return isPath ? kept.around : undefined;
  }
}
