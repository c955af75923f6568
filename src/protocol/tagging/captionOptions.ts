/** A tag is kept when its score is greater than its category's threshold; both 0..1. */
export interface Thresholds {
  general: number;
  character: number;
}

/** One model of a tagger. */
export interface TaggerModel {
  /** with `model.onnx` and `selected_tags.csv`, or the files named as other programs name them */
  folder: string;
  /** where the files are not called so: absolute paths of the model and of its tags */
  files?: { model: string; tags: string };
  /** what a server calls it, for the provider `server`, which needs the tags only; without it the folder's name */
  serverModel?: string;
  thresholds: Thresholds;
}

/**
 * How the scores of several models become one list of tags; tags are matched by name.
 * - `mean`, `max`: of the scores of the models that know the tag, against the mean of their thresholds
 * - `union`, `intersection`: tags that pass their model's threshold in at least one model, in every model
 */
export const ensembleMerges = ['mean', 'max', 'union', 'intersection'] as const;
export type EnsembleMerge = (typeof ensembleMerges)[number];

/** What a rating tag becomes in a caption: nothing, its first or its last tag. */
export type RatingPlace = 'off' | 'first' | 'last';
/** The surest tags first, or in the order of the model's list. */
export type TagOrder = 'confidence' | 'model';

/** How scores become the tags of a caption. */
export interface CaptionOptions {
  /** thresholds found in the scores (maximum cut) in place of the fixed ones, by category */
  mcut: { general: boolean; character: boolean };
  /** maximum number of tags of the model, the most certain ones; 0 for no limit */
  maximumTags: number;
  rating: RatingPlace;
  /** what a rating is called in the caption, by the model's name; a rating that is not named keeps its own */
  ratingNames: Record<string, string>;
  characterTagsFirst: boolean;
  /** `name_(series)` becomes `name` and `series` */
  expandCharacterTags: boolean;
  order: TagOrder;
  /** keeps underscores; else they become spaces, but in faces such as `^_^` */
  keepUnderscores: boolean;
  /** `(` and `)` become `\(` and `\)`, for captions that are read as prompts */
  escapeParentheses: boolean;
  /** tags left out, with spaces or underscores; `*` stands for any text */
  excludedTags: string[];
  /** tags that go to the front in this order where they were found */
  alwaysFirstTags: string[];
  /** tags that every caption gets, in front of all others, in this order */
  addedTags: string[];
  /** tags replaced by others, by name; an empty text removes the tag */
  replacements: Record<string, string>;
}

/** What SmilingWolf's own wd-tagger space uses. */
export const defaultThresholds: Readonly<Thresholds> = { general: 0.35, character: 0.85 };

/** Captions as most trainers want them: the surest tags first, with spaces, ratings left out. */
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
