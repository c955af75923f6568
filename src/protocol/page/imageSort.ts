/** What images can be ordered by; equal ones are in natural order of their paths. */
export type SortKey = 'name' | 'modified' | 'fileSize' | 'imageSize' | 'captionLength' | 'tagCount';

export interface ImageSort {
  key: SortKey;
  descending: boolean;
}
