/** The values that images can be sorted by; images with equal values are in natural order of their paths. */
export type SortKey = 'name' | 'modified' | 'fileSize' | 'imageSize' | 'captionLength' | 'tagCount';

export interface ImageSort {
  key: SortKey;
  descending: boolean;
}
