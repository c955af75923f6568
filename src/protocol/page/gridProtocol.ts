import type { CaptionKind } from '../../tags/captionKind';
import type { BulkEditRequests, WantedEdit } from './bulkEditProtocol';
import type { CaptionOf, CardItem } from './cardProtocol';
import type { ComparisonRequests, ComparisonSummary } from './comparisonProtocol';
import type { ConnectionRequests, TypedAhead } from './connectionProtocol';
import type { GridViewRequests, ItemsAround } from './gridViewProtocol';
import type { ImageSort } from './imageSort';
import type { OriginRequests } from './originProtocol';
import type { PictureRequests, PictureSettings } from './pictureProtocol';
import type { ReviewRequests, ReviewSummary } from './reviewProtocol';
import type { SuggestRequests } from './suggestProtocol';
import type { SearchRequests, SearchView } from './searchProtocol';
import type { TrialRequests, TrialSummary } from './trialProtocol';

/**
 * A change of the selection. Positions refer to the order with the number `order`, which may have gone meanwhile: they
 * mean the images that stood there. The host ignores a command for an order that it does not remember. Images that the
 * search hides stay selected, except after `only`, `all` and `none`.
 */
export type SelectCommand =
  | { kind: 'only' | 'toggle'; path: string }
  /** `toggle` for an image that the page does not know yet */
  | { kind: 'toggleAt'; index: number; order: number }
  /** the images from one position to another, both inclusive; `keep` adds them to the current selection */
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
  /** images processed so far, including failed ones */
  handled: number;
  total: number;
  failed: number;
  /** images for which no tag passed the threshold */
  untagged: number;
  /** images whose captions someone else changed during the job, and which were kept */
  kept: number;
  /** images whose answers by a captioner were not written, but wait for a person to look at them */
  flagged: number;
  /** whether those can be reviewed now; absent for no */
  isReviewable?: boolean;
  /** one line: what the job is doing now, or how it ended */
  message: string;
  /** what each model runs on, and why the better providers are not used; empty until the tagger is loaded */
  execution: { runsOn: string; notUsed: string[] }[];
  /** the first failures, for the expandable list */
  failures: { path: string; reason: string }[];
  /** number of failures that are not in {@link failures} */
  moreFailures: number;
}

/** Everything the grid shows besides the cards. Always complete, never a delta. */
export interface GridSnapshot {
  /** `scanning` while the folder is being read, `missing` when it is gone, `error` when it cannot be read */
  state: 'scanning' | 'ready' | 'missing' | 'error';
  /** what is wrong, or the progress of the scan */
  message: string;
  folderName: string;
  folderPath: string;
  /** increases whenever any card may look different */
  version: number;
  /** images in the dataset */
  total: number;
  /** whether the images are in several folders, whatever the search shows of them */
  severalFolders: boolean;
  /** images that match the search */
  matching: number;
  /** images without a caption */
  empty: number;
  /** captions with unsaved edits */
  unsaved: number;
  conflicts: number;
  /** captions that could not be written */
  unsavedFailures: number;
  /** files and folders that look like images or hold some, and are no part of the dataset */
  leftOut: number;
  /** progress of the running save; undefined when none is running */
  saving: { done: number; total: number } | undefined;
  query: string;
  search: SearchView;
  sort: ImageSort;
  /**
   * the highest number of a search or order that the page has asked for and this snapshot takes account of: while it
   * is lower than the page's own, {@link query} and {@link sort} are older than what the page asked for
   */
  asked: number;
  /**
   * changes whenever the images in view or their order change: positions are valid only for the order that they came
   * with
   */
  order: number;
  /** selected images, and how many of them the search hides */
  selected: { count: number; hidden: number };
  /** display name of the selected tagger or captioner */
  tagger: string;
  /** whether that is a captioner */
  isCaptioner?: boolean;
  jobs: JobView[];
  /** changes whenever the stack of undo was changed by something else than this page, which then cannot know its top */
  foreignEdits: number;
}

/** How the editor behaves in the webview; sent once with the first snapshot. */
export interface GridSettings {
  /** debounce of commits: time after the last keystroke until a caption is committed, in milliseconds */
  commitDelay: number;
  pictures: PictureSettings;
  /** how captions are read, the same as in the host; left out: as what each looks like */
  captionKind?: CaptionKind;
}

/**
 * State that the page wants to survive, such as its scroll position: the host stores it and returns it when the page is
 * ready.
 */
export type PageState = Readonly<Record<string, unknown>>;

/** The text of a caption after a keystroke. */
export interface TypedText extends CaptionOf {
  text: string;
  /** increases with each message of this webview */
  draft: number;
  /** what the card showed before this keystroke: if the caption holds something else by now, it is a conflict */
  from: string;
  /** the same for all drafts that are one step of undo */
  run: number;
}

/** Which edit the page expects to be undone or redone; undefined where it does not know. */
export interface Replay {
  expected?: { captionPath: string; run: number; draft: number } | undefined;
}

/** How an undo or redo ended. */
export interface Replayed {
  /** false if nothing was done, because there was nothing to do or another editor is in front */
  done: boolean;
  /** the run of typing in this page that it concerned; null for any other edit */
  run: number | null;
}

/** What a page needs to show its first cards. */
export interface PageStart {
  snapshot: GridSnapshot;
  settings: GridSettings;
  page: PageState;
  /** the first cards, if there are any: those around the place that is shown first */
  first: ItemsAround | null;
  /** whether there is nothing that undo or redo could reach */
  isUnedited: boolean;
}

/** Requests from the webview to the host. */
export interface HostRequests
  extends
    GridViewRequests,
    PictureRequests,
    SearchRequests,
    SuggestRequests,
    BulkEditRequests,
    ComparisonRequests,
    ConnectionRequests,
    OriginRequests,
    ReviewRequests,
    TrialRequests {
  /**
   * The webview has (re)started; `page` restores the state of a webview that has none of its own because its tab is
   * new.
   * @param place the image to show first, and its position in case it is gone; null for what `page` says
   * @param cards how many cards before and after that place
   */
  ready(params: { place: { path: string; index: number } | null; cards: number }): PageStart;
  /** Cards by position in the current order and filter. */
  getItems(params: { start: number; count: number }): { version: number; order: number; items: CardItem[] };
  /** The image that was to be revealed while there was no webview; null if there is none. It is returned only once. */
  wantedImage(params: Record<string, never>): { path: string } | null;
  /** The position of an image in the current order and filter; null if it is not among them. */
  locate(params: { path: string }): { index: number | null; order: number };
  /** @param params `number` increases with each search or order of the page; see {@link GridSnapshot.asked} */
  setSort(params: { sort: ImageSort; number: number }): { snapshot: GridSnapshot };
  /**
   * Changes the selection once a search that was asked for before it has ended. An image that this search hides is left
   * as it is.
   */
  select(params: { command: SelectCommand }): { snapshot: GridSnapshot };
  /**
   * Sets the search text and answers with the new snapshot.
   * @param params `number` increases with each search or order that the page asks for; see {@link GridSnapshot.asked}
   */
  setQuery(params: { query: string; number: number }): { snapshot: GridSnapshot };
  resolveConflict(params: { path: string; choice: 'mine' | 'theirs' | 'both' }): undefined;
  /** The user agrees that a caption that is not valid UTF-8 becomes UTF-8 when it is saved. */
  convertToUtf8(params: { path: string }): undefined;
  /** Retries to save captions that could not be written. */
  save(params: Record<string, never>): undefined;
  /** Takes back the last edit of the dataset, after all edits that were sent before. */
  undo(params: Replay): Replayed;
  /** Makes the edit again that was taken back last. */
  redo(params: Replay): Replayed;
  captionImage(params: { path: string }): undefined;
  captionAll(params: Record<string, never>): undefined;
  captionEmpty(params: Record<string, never>): undefined;
  controlJob(params: { id: string; action: JobAction }): undefined;
  selectTagger(params: Record<string, never>): undefined;
  refresh(params: Record<string, never>): undefined;
  /** Shows what is left out of the dataset, and why. */
  showLeftOut(params: Record<string, never>): undefined;
}

/** Events from the webview to the host. */
export interface WebviewEvents {
  /** The id that the webview chose for itself and keeps when VS Code recreates it; sent before anything else. */
  identify: { viewId: string };
  /** The page's state changed and is to be stored. */
  remember: { page: PageState };
  /** The text of a caption after each keystroke. */
  draft: TypedText;
  /**
   * The page goes while typing waits for a caption: it is added to the end of the caption of `path`, or of the image at
   * `place`.
   */
  typedAhead: TypedAhead;
  /** The user left the caption or paused: what was typed becomes one undo step. */
  commit: { path: string };
  /** A card or something in it got the keyboard focus: *Caption Image* now applies to this image. */
  focus: { path: string };
}

/** Events from the host to the webview. */
export interface GridEvents {
  /** Follows the page of a new tab, which can so show its cards a round trip earlier than if it had to ask for them. */
  start: PageStart;
  /** Something changed: the webview redraws everything around the cards and requests the cards in view again. */
  snapshot: GridSnapshot;
  /** Put the keyboard focus into the search box. */
  focusSearch: Record<string, never>;
  /** Open the dialog for bulk edits. */
  openBulkEdit: WantedEdit;
  /** Show what differs between two states of all captions. */
  openComparison: ComparisonSummary;
  /** Go through the flagged answers of a job. */
  openReview: ReviewSummary;
  /** Try a captioner on a few images. */
  openTrial: TrialSummary;
  /** Go to an image. */
  reveal: { path: string };
  /** The user changed how pictures are loaded. */
  pictureSettings: PictureSettings;
  /**
   * The last draft of each caption that was typed into and that the host has taken in, or refused: their cards may not
   * be among those that the page asks for.
   */
  drafts: { captionPath: string; draft: number; isRefused: boolean }[];
}
