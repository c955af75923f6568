import type { Dataset, DatasetImage } from './Dataset';
import { searchImages } from './searchImages';

export type SortKey = 'name' | 'modified' | 'fileSize' | 'imageSize' | 'captionLength' | 'tagCount';

export interface ImageSort {
  key: SortKey;
  descending: boolean;
}

/**
 * The images of a dataset that match a search, in an order: what one grid shows. It is not made anew while captions are
 * edited: a card must not vanish or move under the cursor.
 */
export class ImageView {
  query = '';
  sort: ImageSort = { key: 'name', descending: false };
  /** changes whenever {@link images} does */
  order = 1;
  private shown: readonly DatasetImage[] = [];
  private source: readonly DatasetImage[] | undefined;
  private positions: Map<string, number> | undefined;

  constructor(private readonly dataset: Dataset) {}

  /** The matching images in their order. */
  get images(): readonly DatasetImage[] {
    if (this.source !== this.dataset.allImages) this.match();
    return this.shown;
  }

  /** Searches; resolves when {@link images} are those that match. */
  setQuery(query: string): Promise<void> {
    this.query = query;
    this.match();
    return Promise.resolve();
  }

  /** Sorts; resolves when {@link images} are in that order. */
  setSort(sort: ImageSort): Promise<void> {
    this.sort = sort;
    this.match();
    return Promise.resolve();
  }

  /** The position of an image; undefined where it does not match. */
  indexOf(path: string): number | undefined {
    const { images } = this;
    this.positions ??= new Map(images.map((image, index) => [image.path, index]));
    return this.positions.get(path);
  }

  private match(): void {
    this.source = this.dataset.allImages;
    this.shown = searchImages(this.source, this.query);
    this.positions = undefined;
    this.order++;
  }
}
