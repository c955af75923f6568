import { createContext } from '@lit/context';
import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { JobAction } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';
import type { SearchSuggestion } from '../../protocol/page/searchProtocol';
import type { ViewChoices } from './viewChoices';

/** The user's actions for searching and sorting. */
export interface SearchActions {
  search: (query: string) => void;
  setSort: (sort: ImageSort) => void;
  /** Suggests what to type next; an empty list when the host could not answer. */
  suggest: (text: string, caret: number) => Promise<readonly SearchSuggestion[]>;
  /**
   * Adds a term to the search that requires or excludes a tag; removes the term if the search has it already. Resolves
   * when the host has sent the results, or an error.
   */
  addFilter: (tag: string, exclude: boolean) => Promise<void>;
  /** Searches and sorts again, because edits do not update the results. */
  refreshResults: () => void;
  cancelSearch: () => void;
  rememberSearch: () => void;
  toggleSavedSearch: () => void;
}

/** The user's actions on one image. */
export interface ImageActions {
  captionImage: (path: string) => void;
  convertToUtf8: (path: string) => void;
  resolveConflict: (path: string, choice: 'mine' | 'theirs' | 'both') => void;
  /** The focus moved to the card of an image or into it. */
  focusedImage: (path: string) => void;
}

/** The user's actions on the selected images, or on those passed as argument. */
export interface SelectionActions {
  /** Opens the dialog for bulk edits. */
  editTags: (wanted: WantedEdit) => void;
  selectAll: () => void;
  clearSelection: () => void;
  captionSelection: () => void;
  copyCaption: (target?: ImageTarget) => void;
  /** @param text from the clipboard; the host reads the clipboard itself where the page could not */
  pasteCaption: (target?: ImageTarget, text?: string) => void;
  /** Asks before; refused while the user has yet to answer for others. */
  deleteImages: (target?: ImageTarget) => void;
}

/** All actions of the user in the page, except those internal to one component. */
export interface EditorActions extends SearchActions, ImageActions, SelectionActions {
  /** Changes how the images are shown. */
  show: (choices: Partial<ViewChoices>) => void;
  selectTagger: () => void;
  captionEmpty: () => void;
  captionAll: () => void;
  save: () => void;
  refresh: () => void;
  showLeftOut: () => void;
  controlJob: (id: string, action: JobAction) => void;
  /** Opens the review of the flagged answers of a job. */
  reviewFlagged: (job: string) => void;
  /** Takes a job that ended from the page. */
  dismissJob: (job: string) => void;
  /** Announces a text to screen readers. */
  announce: (text: string) => void;
}

/** Provides the {@link EditorActions}. Its value never changes. */
export const actionsContext = createContext<EditorActions>(Symbol('actions'));
