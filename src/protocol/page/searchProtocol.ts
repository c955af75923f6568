/** An error in the search text, from `start` (inclusive) to `end` (exclusive). */
export interface SearchMistake {
  message: string;
  start: number;
  end: number;
  /** whether the text may become valid when the user types on */
  incomplete: boolean;
}

/** One term that all images in view match. */
export interface SearchTerm {
  /** text for the user */
  label: string;
  /** its range in the query */
  start: number;
  end: number;
  excluded: boolean;
}

/** What the page shows of the search besides its text and results. */
export interface SearchView {
  /** set while the text has a mistake: the images in view are those of the last search without one */
  mistake: SearchMistake | null;
  terms: SearchTerm[];
  /** progress of a search that takes longer, in images */
  progress: { done: number; total: number } | null;
  /** number of images that would appear, disappear or move if the search ran again; edits alone do not run it */
  stale: number;
  /** the search was cancelled: the images in view are those of an earlier one */
  cancelled: boolean;
  /** the name under which this search is saved */
  savedAs: string | null;
}

/** A completion for the search field. */
export interface SearchSuggestion {
  kind: 'field' | 'state' | 'tag' | 'writer' | 'saved' | 'recent';
  label: string;
  detail: string;
  /** the search text, and the position of the caret, once the suggestion is accepted */
  text: string;
  caret: number;
}

/** Requests from the webview to the host about searching. */
export interface SearchRequests {
  suggestQuery(params: { text: string; caret: number }): { suggestions: SearchSuggestion[] };
  /** Searches and sorts again, because edits do neither. */
  refreshResults(params: Record<string, never>): undefined;
  /** Cancels a search that takes long. */
  cancelSearch(params: Record<string, never>): undefined;
  /** Adds the search to the recent searches that are suggested: it is what the user wanted, not a half-typed text. */
  rememberSearch(params: Record<string, never>): undefined;
  /** Saves the search under a name that the host asks the user for, or deletes it if it is saved already. */
  toggleSavedSearch(params: Record<string, never>): undefined;
  /** Lists the saved searches. */
  openSavedSearch(params: Record<string, never>): undefined;
}
