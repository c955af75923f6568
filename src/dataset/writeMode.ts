/**
 * What a job does with a caption that is there: replaces it, puts new tags behind or in front of it, or leaves it and
 * fills the empty ones only.
 */
export const writeModes = ['replace', 'append', 'prepend', 'onlyEmpty'] as const;
export type WriteMode = (typeof writeModes)[number];

/** How generated tags are written into a caption. */
export interface WriteOptions {
  mode: WriteMode;
  /** the first so many tags of a caption stay in front, whatever the mode */
  keepFirst: number;
  /** between two tags */
  separator: string;
}
