/**
 * What a job does with a caption that is there: replaces it, puts new tags behind or in front of it, or leaves it and
 * fills the empty ones only.
 */
export const writeModes = ['replace', 'append', 'prepend', 'onlyEmpty'] as const;
export type WriteMode = (typeof writeModes)[number];

/** How generated tags are written into a caption. */
export interface WriteOptions {
  mode: WriteMode;
  /** the number of tags at the start of a caption that stay in front, whatever the mode */
  keepFirst: number;
  /** between two tags */
  separator: string;
}

/** A job replaces the whole caption, unless it is told otherwise. */
export const defaultWriteOptions: Readonly<WriteOptions> = { mode: 'replace', keepFirst: 0, separator: ', ' };

/** What is wrong with a separator, as the end of a sentence; undefined where it can be used. */
export function separatorProblem(separator: string): string | undefined {
  if (separator === '') return 'must not be empty';
  if (/[\r\n]/.test(separator)) return 'must not have a line end, because trainers read the first line only';
  return undefined;
}
