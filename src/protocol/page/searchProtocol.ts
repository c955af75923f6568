/** What is wrong with the search text, from `start` to before `end`. */
export interface SearchMistake {
  message: string;
  start: number;
  end: number;
  /** whether typing on may put it right */
  incomplete: boolean;
}

/** One term that all images in view match. */
export interface SearchTerm {
  /** as people read it */
  label: string;
  /** where it stands in the query */
  start: number;
  end: number;
  excluded: boolean;
}

/** What the page shows of the search besides its text and results. */
export interface SearchView {
  /** set while the text has a mistake: the images in view are those of the last search without one */
  mistake: SearchMistake | null;
  terms: SearchTerm[];
  /** how far a search is that takes longer, in images */
  progress: { done: number; total: number } | null;
  /** images that would come, leave or move if the results were made anew; edits alone do not do that */
  stale: number;
  /** the search was cancelled: the images in view are those of an earlier one */
  cancelled: boolean;
  /** the name under which this search is saved */
  savedAs: string | null;
}

/** What may be typed next into the search field. */
export interface SearchSuggestion {
  kind: 'field' | 'state' | 'tag' | 'saved' | 'recent';
  label: string;
  detail: string;
  /** the search text when it is taken, and where the caret is then */
  text: string;
  caret: number;
}

/** What the webview asks the host about searching. */
export interface SearchRequests {
  suggestQuery(params: { text: string; caret: number }): { suggestions: SearchSuggestion[] };
  /**
   * Asks for a tag, or excludes it; takes it out where the search does that already. Answers with the new search text.
   */
  addFilter(params: { tag: string; exclude: boolean }): { query: string };
  /** Searches and sorts anew, after edits that did neither. */
  refreshResults(params: Record<string, never>): undefined;
  /** Ends a search that takes long. */
  cancelSearch(params: Record<string, never>): undefined;
  /** Remembers the search for suggestions: the user meant it. */
  rememberSearch(params: Record<string, never>): undefined;
  /** Saves the search under a name that the host asks for, or forgets it where it is saved. */
  toggleSavedSearch(params: Record<string, never>): undefined;
  /** Lists the saved searches. */
  openSavedSearch(params: Record<string, never>): undefined;
}
