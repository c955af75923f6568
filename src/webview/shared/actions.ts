import { createContext } from '@lit/context';
import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { JobAction } from '../../protocol/page/gridProtocol';
import type { ImageSort } from '../../protocol/page/imageSort';
import type { SearchSuggestion } from '../../protocol/page/searchProtocol';
import type { ViewChoices } from './viewChoices';

/** What the user can do about searching and sorting. */
export interface SearchActions {
  search: (query: string) => void;
  setSort: (sort: ImageSort) => void;
  /** What may be typed next; an empty list where the host could not answer. */
  suggest: (text: string, caret: number) => Promise<readonly SearchSuggestion[]>;
  /** Adds a tag to the search, or excludes it; removes that term where the search has it already. */
  addFilter: (tag: string, exclude: boolean) => void;
  /** Searches and sorts again, after edits that did neither. */
  refreshResults: () => void;
  cancelSearch: () => void;
  rememberSearch: () => void;
  toggleSavedSearch: () => void;
}

/** What the user can do with one image. */
export interface ImageActions {
  captionImage: (path: string) => void;
  convertToUtf8: (path: string) => void;
  resolveConflict: (path: string, choice: 'mine' | 'theirs' | 'both') => void;
  /** The keyboard focus came to the card of an image or to something in it. */
  focusedImage: (path: string) => void;
}

/** What the user can do with the selected images, or with those that are named. */
export interface SelectionActions {
  /** Opens the dialog for bulk edits. */
  editTags: (wanted: WantedEdit) => void;
  selectAll: () => void;
  clearSelection: () => void;
  captionSelection: () => void;
  copyCaption: (target?: ImageTarget) => void;
  pasteCaption: (target?: ImageTarget) => void;
  deleteImages: (target?: ImageTarget) => void;
}

/** All that the user can do in the page, except what a component does alone. */
export interface EditorActions extends SearchActions, ImageActions, SelectionActions {
  /** Changes how the images are shown. */
  show: (choices: Partial<ViewChoices>) => void;
  selectTagger: () => void;
  captionEmpty: () => void;
  captionAll: () => void;
  save: () => void;
  refresh: () => void;
  controlJob: (id: string, action: JobAction) => void;
  /** Has screen readers say something. */
  announce: (text: string) => void;
}

/** Provides the {@link EditorActions}. Its value never changes. */
export const actionsContext = createContext<EditorActions>(Symbol('actions'));
