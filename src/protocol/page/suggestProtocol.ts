/** A suggested tag. */
export interface TagSuggestion {
  /** the text to insert into the caption */
  tag: string;
  /** the alias by which the tag was found; undefined if the tag itself was found */
  alias?: string;
  /** how often the tag is used, in the dataset or in the source of the tag list; 0 if unknown */
  count: number;
  /** where the tag comes from: the captions of the dataset, the selected tagger, or the user's tag list */
  source: 'dataset' | 'model' | 'list';
}

/** What the user is typing in a field with tag suggestions. */
export interface SuggestQuery {
  /** the part of the tag before the caret */
  prefix: string;
  /** the whole tag under the caret, which is not suggested itself */
  typed: string;
  /** the image whose caption is being typed; undefined in other fields */
  path?: string;
  /** requested automatically, not by a key: nothing is suggested if the user has turned automatic suggestions off */
  automatic: boolean;
}

/** The response to a {@link SuggestQuery}. */
export interface SuggestAnswer {
  /** the best first; at most {@link mostSuggestions} */
  suggestions: TagSuggestion[];
  /** a list is still being read: asking again soon may return more */
  loading: boolean;
}

/** Maximum number of suggestions. */
export const mostSuggestions = 20;

/** Requests for tag suggestions. */
export interface SuggestRequests {
  suggestTags(params: SuggestQuery): SuggestAnswer;
}
