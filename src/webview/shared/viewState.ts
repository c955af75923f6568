import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { Channel } from '../../protocol/channel/Channel';
import type { GridEvents, HostRequests, JobAction, WebviewEvents } from '../../protocol/page/gridProtocol';
import { type CardSize, cardSizes, type GridMode } from './cardSizes';
import type { SearchActions } from '../search/searchActions';

/** The line to the extension host. */
export type Host = Channel<Record<string, never>, HostRequests, GridEvents, WebviewEvents>;

/** Asks the host for something; resolves with undefined where that failed. */
export type Ask = <K extends keyof HostRequests>(
  method: K,
  params: Parameters<HostRequests[K]>[0],
) => Promise<ReturnType<HostRequests[K]> | undefined>;

/** How captions are shown. */
export type CaptionMode = 'text' | 'tags';

/** How the images are shown. */
export interface ViewChoices {
  layout: GridMode;
  cardSize: CardSize;
  captionMode: CaptionMode;
}

/** What is remembered of the page when VS Code throws it away and makes it again. */
export interface ViewState extends ViewChoices {
  /** index of the first image in view */
  index: number;
  /** its path, by which it is found again */
  path: string;
  query: string;
}

/** What was remembered, completed where an older version of the page knew less. */
export function viewStateOf(remembered: Partial<ViewState>): ViewState {
  const { layout, cardSize, captionMode, index, path, query } = remembered;
  return {
    layout: layout === 'list' ? 'list' : 'grid',
    cardSize: cardSize !== undefined && Object.hasOwn(cardSizes, cardSize) ? cardSize : 'medium',
    captionMode: captionMode === 'tags' ? 'tags' : 'text',
    index: typeof index === 'number' ? index : 0,
    path: typeof path === 'string' ? path : '',
    query: typeof query === 'string' ? query : '',
  };
}

/** Whether nothing was remembered but the name of the webview. */
export function isNewView(remembered: Partial<ViewState>): boolean {
  return Object.keys(remembered).every((key) => key === 'viewId');
}

/** Where the {@link ViewState} is kept. */
export interface ViewStateStore {
  read(): Partial<ViewState>;
  write(state: ViewState): void;
}

/** What the chrome around the grid can ask for. */
export interface EditorActions extends SearchActions {
  search: (query: string) => void;
  show: (choices: Partial<ViewChoices>) => void;
  selectTagger: () => void;
  captionEmpty: () => void;
  captionAll: () => void;
  save: () => void;
  refresh: () => void;
  controlJob: (id: string, action: JobAction) => void;
  /** Opens the dialog for bulk edits. */
  editTags: (wanted: WantedEdit) => void;
  selectAll: () => void;
  clearSelection: () => void;
  captionSelection: () => void;
  copyCaption: (target?: ImageTarget) => void;
  pasteCaption: (target?: ImageTarget) => void;
  deleteImages: (target?: ImageTarget) => void;
}
