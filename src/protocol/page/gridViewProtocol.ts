import type { CardItem } from './cardProtocol';

/** The cards around an image, all from the same order. */
export interface ItemsAround {
  version: number;
  order: number;
  /** number of images in this order */
  matching: number;
  /** the first of the requested paths that is in this order; null if none is */
  anchor: { path: string; index: number } | null;
  /** positions of the images in `find`; null for those that are not in this order */
  found: (number | null)[];
  /** position of the first card of {@link items} */
  start: number;
  items: CardItem[];
}

/** The range of one folder's images, while the order is by name. */
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

/** Requests with which the grid keeps its scroll position when the order changes. */
export interface GridViewRequests {
  /**
   * The cards around the first of `paths` that is in the current order, or around `index` if none is: from `before`
   * cards before it to `after` cards after it. All in one response, because the order may have changed again before a
   * second one.
   */
  getItemsAround(params: {
    paths: string[];
    index: number;
    before: number;
    after: number;
    /** further images whose positions are requested */
    find: string[];
  }): ItemsAround;
  /** The folder of the image at a position; null where there is no image or the order is not by name. */
  folderAt(params: { index: number }): FolderPlace | null;
}
