import type { BulkEditRequests, WantedEdit } from './bulkEditProtocol';
import type { CardItem } from './cardProtocol';
import type { GridViewRequests } from './gridViewProtocol';
import type { ImageSort } from './imageSort';
import type { PictureRequests, PictureSettings } from './pictureProtocol';
import type { SuggestRequests } from './suggestProtocol';
import type { SearchRequests, SearchView } from './searchProtocol';

/**
 * A change of the selection. Positions are of the order with the number `order`; the host ignores a command of another
 * order, since it would mean other images. Images that the search hides stay selected, except after `only`, `all` and
 * `none`.
 */
export type SelectCommand =
  | { kind: 'only' | 'toggle'; path: string }
  /** the images from one position to another, both included; `keep` adds them to what is selected */
  | { kind: 'range'; from: number; to: number; order: number; keep: boolean }
  /** all that match the search */
  | { kind: 'all' }
  | { kind: 'none' };

/** What can be done with a job. */
export type JobAction = 'pause' | 'resume' | 'cancel';

/** A job as the grid shows it. */
export interface JobView {
  id: string;
  /** such as `Caption Empty` */
  label: string;
  state: 'queued' | 'starting' | 'running' | 'paused' | 'interrupted' | 'completed' | 'cancelled' | 'error';
  /** images handled so far, failed ones among them */
  handled: number;
  total: number;
  failed: number;
  /** images for which no tag passed the threshold */
  untagged: number;
  /** images whose captions somebody else wrote meanwhile */
  kept: number;
  /** one line: what it does now, or how it ended */
  message: string;
  /** what each model runs on, and why the better providers are not used; empty until the tagger is loaded */
  execution: { runsOn: string; notUsed: string[] }[];
  /** the first failures, for the list that unfolds */
  failures: { path: string; reason: string }[];
  /** how many there are beside them */
  moreFailures: number;
}

/** Everything the grid shows besides the cards. Always complete, never a delta. */
export interface GridSnapshot {
  /** `scanning` while the folder is being read, `missing` when it is gone, `error` when it cannot be read */
  state: 'scanning' | 'ready' | 'missing' | 'error';
  /** what is wrong, or how far the scan is */
  message: string;
  folderName: string;
  folderPath: string;
  /** increases whenever any card may look different */
  version: number;
  /** images in the dataset */
  total: number;
  /** images that match the search */
  matching: number;
  /** images without a caption */
  empty: number;
  /** captions with unsaved edits */
  unsaved: number;
  conflicts: number;
  /** captions that could not be written */
  unsavedFailures: number;
  /** how far the save is that runs now; undefined when none does */
  saving: { done: number; total: number } | undefined;
  query: string;
  search: SearchView;
  sort: ImageSort;
  /** changes whenever the images in view or their order change: positions of another order mean other images */
  order: number;
  /** selected images, and how many of them the search hides */
  selected: { count: number; hidden: number };
  /** display name of the selected tagger */
  tagger: string;
  jobs: JobView[];
}

/** How the editor behaves in the webview; sent once with the first snapshot. */
export interface GridSettings {
  /** pause after the last key after which a caption counts as committed, in milliseconds */
  commitDelay: number;
  pictures: PictureSettings;
}

/** What the page remembers of itself, such as the place that is looked at: the host keeps it and gives it back. */
export type PageState = Readonly<Record<string, unknown>>;

/** What the webview asks the host. */
export interface HostRequests
  extends GridViewRequests, PictureRequests, SearchRequests, SuggestRequests, BulkEditRequests {
  /** The webview has (re)started; `page` is for one that remembers nothing, because its tab is a new one. */
  ready(params: Record<string, never>): { snapshot: GridSnapshot; settings: GridSettings; page: PageState };
  /** Cards by position in the current order and filter. */
  getItems(params: { start: number; count: number }): { version: number; order: number; items: CardItem[] };
  /** The image that the grid is to go to, which was asked for while there was no webview; told once. */
  wantedImage(params: Record<string, never>): { path: string } | null;
  /** Where an image is in the current order and filter; null where it is not. */
  locate(params: { path: string }): { index: number | null; order: number };
  setSort(params: { sort: ImageSort }): { snapshot: GridSnapshot };
  select(params: { command: SelectCommand }): { snapshot: GridSnapshot };
  /** Sets the search text and answers with the new snapshot. */
  setQuery(params: { query: string }): { snapshot: GridSnapshot };
  resolveConflict(params: { path: string; choice: 'mine' | 'theirs' | 'both' }): undefined;
  /** The user agrees that a caption that is not valid UTF-8 becomes UTF-8 when it is saved. */
  convertToUtf8(params: { path: string }): undefined;
  /** Tries again to write what could not be written. */
  save(params: Record<string, never>): undefined;
  captionImage(params: { path: string }): undefined;
  captionAll(params: Record<string, never>): undefined;
  captionEmpty(params: Record<string, never>): undefined;
  controlJob(params: { id: string; action: JobAction }): undefined;
  selectTagger(params: Record<string, never>): undefined;
  refresh(params: Record<string, never>): undefined;
}

/** What the webview tells the host. */
export interface WebviewEvents {
  /** The name that the webview gave itself and keeps when VS Code makes it anew; sent before anything else. */
  identify: { viewId: string };
  /** What the page wants to remember. */
  remember: { page: PageState };
  /** The text of a caption after each key; `draft` grows by one with each message of this webview. */
  draft: { path: string; text: string; draft: number };
  /** The user left the caption or paused: what was typed is one edit to undo. */
  commit: { path: string };
  /** A card or something in it got the keyboard focus: the image that *Caption Image* means. */
  focus: { path: string };
}

/** What the host tells the webview. */
export interface GridEvents {
  /** Something changed: the webview redraws the chrome and asks again for the cards in view. */
  snapshot: GridSnapshot;
  /** Put the keyboard focus into the search box. */
  focusSearch: Record<string, never>;
  /** Open the dialog for bulk edits. */
  openBulkEdit: WantedEdit;
  /** Go to an image. */
  reveal: { path: string };
  /** The user changed how pictures are loaded. */
  pictureSettings: PictureSettings;
}
