import type { ImageTarget, WantedEdit } from '../protocol/bulkEditProtocol';
import type { Channel } from '../protocol/Channel';
import type { GridEvents, HostRequests, WebviewEvents } from '../protocol/gridProtocol';
import type { CardSize } from './gridLayout';
import type { SearchActions } from './searchActions';

/** The line to the extension host. */
export type Host = Channel<Record<string, never>, HostRequests, GridEvents, WebviewEvents>;

/** What is remembered of the page when VS Code throws it away and makes it again. */
export interface ViewState {
  cardSize: CardSize;
  /** index of the first image in view */
  index: number;
  query: string;
}

/** Where the {@link ViewState} is kept. */
export interface ViewStateStore {
  read(): Partial<ViewState>;
  write(state: ViewState): void;
}

/** What the chrome around the grid can ask for. */
export interface EditorActions extends SearchActions {
  search: (query: string) => void;
  setCardSize: (size: CardSize) => void;
  selectTagger: () => void;
  captionEmpty: () => void;
  captionAll: () => void;
  save: () => void;
  refresh: () => void;
  cancelJob: (id: string) => void;
  /** Opens the dialog for bulk edits. */
  editTags: (wanted: WantedEdit) => void;
  selectAll: () => void;
  clearSelection: () => void;
  captionSelection: () => void;
  copyCaption: (target?: ImageTarget) => void;
  pasteCaption: (target?: ImageTarget) => void;
  deleteImages: (target?: ImageTarget) => void;
}
