/** A tag that the user may mean. */
export interface TagSuggestion {
  /** what comes into the caption */
  tag: string;
  /** the other name of the tag that was found; undefined where the tag itself was */
  alias?: string;
  /** how often it is used, in the dataset or where the list was made; 0 where nobody knows */
  count: number;
  /** who knows the tag: the captions of the dataset, the selected tagger, or the user's tag list */
  source: 'dataset' | 'model' | 'list';
}

/** What is typed where tags are suggested. */
export interface SuggestQuery {
  /** the part of the tag before the caret */
  prefix: string;
  /** the whole tag under the caret, which is no suggestion for itself */
  typed: string;
  /** the image whose caption is typed; undefined in other fields */
  path?: string;
  /** nobody asked for it by a key: nothing is suggested where the user switched that off */
  automatic: boolean;
}

/** What comes back for a {@link SuggestQuery}. */
export interface SuggestAnswer {
  /** the best first; at most {@link mostSuggestions} */
  suggestions: TagSuggestion[];
  /** a list is still being read: asking again soon may give more */
  loading: boolean;
}

/** Maximum number of suggestions. */
export const mostSuggestions = 20;

/** Requests about tags that the user may mean. */
export interface SuggestRequests {
  suggestTags(params: SuggestQuery): SuggestAnswer;
}
