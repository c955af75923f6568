/** The values that images can be sorted by; images with equal values are in natural order of their paths. */
export const sortKeys = ['name', 'modified', 'fileSize', 'imageSize', 'captionLength', 'tagCount'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface ImageSort {
  key: SortKey;
  descending: boolean;
}
