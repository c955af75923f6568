import type { CardItem } from './cardProtocol';

/** A position in the order with the number `order`: what stands for an image that a page does not know yet. */
export interface PlaceInOrder {
  order: number;
  index: number;
}

/** The answer to {@link GridViewRequests.getItemsAround}: cards and positions that all belong to the same `order`. */
export interface ItemsAround {
  version: number;
  order: number;
  /** number of images in this order */
  matching: number;
  /** the first of the requested paths that is in this order; null if none is */
  anchor: { path: string; index: number } | null;
  /** positions of the images in `find`; null for those that are not in this order */
  found: (number | null)[];
  /**
   * the images at `places`, which may be of earlier orders, with their positions in this one (null: not in it); null
   * where the host does not remember that order
   */
  placed: ({ path: string; index: number | null } | null)[];
  /** position of the first card of {@link items} */
  start: number;
  items: CardItem[];
}

/** The positions of one folder's images; exists only while the images are sorted by name. */
export interface FolderPlace {
  order: number;
  /** path relative to the dataset, with `/`; empty for the dataset's own folder */
  folder: string;
  /** position of the first image, and the one after the last */
  start: number;
  end: number;
  /** position of the first image of the previous folder; null if there is none */
  previous: number | null;
}

/** Requests with which the grid keeps its scroll position when the order changes. */
export interface GridViewRequests {
  /**
   * The cards around an anchor: the first of `paths` that is in the current order, or the card at `index` if none is.
   * These are `before` cards before the anchor, and `after` cards from the anchor on. Everything is in one response,
   * because the order could change between two requests.
   */
  getItemsAround(params: {
    paths: string[];
    index: number;
    before: number;
    after: number;
    /** further images whose positions are requested */
    find: string[];
    /** positions whose images the page does not know, and whose new positions are requested */
    places: PlaceInOrder[];
  }): ItemsAround;
  /** The folder of the image at a position; null if there is no image or the images are not sorted by name. */
  folderAt(params: { index: number }): FolderPlace | null;
  /**
   * How many images each folder has, in an order that the page knows. Null where the images are not sorted by name, the
   * host does not remember that order, or there are very many folders; {@link folderAt} then knows one.
   */
  folderLengths(params: { order: number }): { lengths: number[] | null };
}
