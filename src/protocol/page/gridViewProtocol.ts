import type { CardItem } from './cardProtocol';

/** The cards around an image, all of one order. */
export interface ItemsAround {
  version: number;
  order: number;
  /** images in this order */
  matching: number;
  /** the first of the asked paths that is in this order; null where none is */
  anchor: { path: string; index: number } | null;
  /** where the other asked images are; null for those that are not in this order */
  found: (number | null)[];
  /** position of the first card of {@link items} */
  start: number;
  items: CardItem[];
}

/** The images of one folder in the order by name. */
export interface FolderPlace {
  order: number;
  /** relative to the dataset, with `/`; empty for the dataset itself */
  folder: string;
  /** position of the first image, and the one after the last */
  start: number;
  end: number;
  /** position of the first image of the folder before; null where there is none */
  previous: number | null;
}

/** What the grid asks the host to keep its place. */
export interface GridViewRequests {
  /**
   * The cards around the first of `paths` that is in the current order, or around `index`: from `before` cards before
   * it to `after` cards after it. One answer, because the order may have changed again by the next.
   */
  getItemsAround(params: {
    paths: string[];
    index: number;
    before: number;
    after: number;
    /** images whose positions are wanted too */
    find: string[];
  }): ItemsAround;
  /** The folder of the image at a position; null where there is no image or the order is not by name. */
  folderAt(params: { index: number }): FolderPlace | null;
}
