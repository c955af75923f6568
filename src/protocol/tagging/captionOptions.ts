/** A tag is kept when its score is greater than its category's threshold; both 0..1. */
export interface Thresholds {
  general: number;
  character: number;
}

/** One model of a tagger. */
export interface TaggerModel {
  /**
   * the folder with `model.onnx` and `selected_tags.csv`, or with the same files under names that other programs use
   */
  folder: string;
  /** absolute paths of the model and of its list of tags, if the files have other names */
  files?: { model: string; tags: string };
  /**
   * the model's name on the inference server; by default the folder's name. Only for the provider `server`, which
   * runs the model there and needs no local file but the list of tags.
   */
  serverModel?: string;
  thresholds: Thresholds;
}

/**
 * How the scores of several models become one list of tags; tags are matched by name.
 * - `mean`, `max`: of the scores of the models that know the tag, compared with the mean of their thresholds
 * - `union`, `intersection`: tags that pass their own model's threshold in at least one model, or in every model
 */
export const ensembleMerges = ['mean', 'max', 'union', 'intersection'] as const;
export type EnsembleMerge = (typeof ensembleMerges)[number];

/** Where a rating tag is put in a caption: nowhere, first or last. */
export type RatingPlace = 'off' | 'first' | 'last';
/** The order of tags: the most confident first, or as in the model's list. */
export type TagOrder = 'confidence' | 'model';

/** How scores become the tags of a caption. */
export interface CaptionOptions {
  /** by category, whether the threshold is derived from the scores (maximum cut, MCut) instead of fixed */
  mcut: { general: boolean; character: boolean };
  /** maximum number of tags from the model, the most confident ones; 0 for no limit */
  maximumTags: number;
  rating: RatingPlace;
  /** by a rating's name in the model, its name in captions; a rating that is not listed keeps the model's name */
  ratingNames: Record<string, string>;
  characterTagsFirst: boolean;
  /** `name_(series)` becomes `name` and `series` */
  expandCharacterTags: boolean;
  order: TagOrder;
  /** keeps underscores; otherwise they become spaces, except in emoticons such as `^_^` */
  keepUnderscores: boolean;
  /** `(` and `)` become `\(` and `\)`, for captions that are used as prompts */
  escapeParentheses: boolean;
  /** tags to leave out, written with spaces or underscores; `*` matches any text */
  excludedTags: string[];
  /** tags to move to the front, in this order, if they were found */
  alwaysFirstTags: string[];
  /** tags to add to every caption, in front of all others, in this order */
  addedTags: string[];
  /** replacements of tags, by tag; an empty text removes the tag */
  replacements: Record<string, string>;
}

/** The default thresholds of SmilingWolf's wd-tagger Space on Hugging Face. */
export const defaultThresholds: Readonly<Thresholds> = { general: 0.35, character: 0.85 };

/** Captions as most trainers expect them: the most confident tags first, spaces for underscores, no ratings. */
export const defaultCaptionOptions: Readonly<CaptionOptions> = {
  mcut: { general: false, character: false },
  maximumTags: 0,
  rating: 'off',
  ratingNames: {},
  characterTagsFirst: false,
  expandCharacterTags: false,
  order: 'confidence',
  keepUnderscores: false,
  escapeParentheses: false,
  excludedTags: [],
  alwaysFirstTags: [],
  addedTags: [],
  replacements: {},
};
