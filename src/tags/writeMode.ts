/**
 * What a job does with an existing caption: replaces it, appends or prepends the new tags, replaces what machines wrote
 * and keeps what persons did (`update`), or leaves it unchanged and fills only empty ones.
 */
export const writeModes = ['replace', 'append', 'prepend', 'update', 'onlyEmpty'] as const;
export type WriteMode = (typeof writeModes)[number];

/** Where it is recorded who wrote what: in the dataset, in the user's own folder on the machine, or nowhere. */
export const recordPlaces = ['dataset', 'storage', 'off'] as const;
export type RecordPlace = (typeof recordPlaces)[number];

/** How generated tags are written into a caption. */
export interface WriteOptions {
  mode: WriteMode;
  /** the number of tags at the start of a caption that stay in front in every mode */
  keepFirst: number;
  /** the text between two tags */
  separator: string;
  /** where it is recorded who wrote what; left out: beside the dataset. `off`: records are neither written nor read */
  records?: Exclude<RecordPlace, 'dataset'>;
}

/** By default a job replaces the whole caption; in a window the settings say otherwise. */
export const defaultWriteOptions: Readonly<WriteOptions> = { mode: 'replace', keepFirst: 0, separator: ', ' };

/** Why a separator cannot be used, as the end of a sentence; undefined when it can. */
export function separatorProblem(separator: string): string | undefined {
  if (separator === '') return 'must not be empty';
  if (/[\r\n]/.test(separator)) return 'must not have a line end, because trainers read the first line only';
  return undefined;
}
