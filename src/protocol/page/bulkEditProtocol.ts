/** The operations of a bulk edit. */
export type EditOperation =
  | 'addTags'
  | 'removeTags'
  | 'replaceTags'
  | 'moveTags'
  | 'deduplicate'
  | 'sortTags'
  | 'separators'
  | 'replaceText'
  | 'setCaption'
  | 'clear'
  | 'restoreSnapshot'
  | 'captionPreview';

/** The captions to edit: those of the selected images, of the images that match the search, or all. */
export type EditScope = 'selection' | 'filtered' | 'all';

/** The values of the dialog's form; each operation reads only the fields that it needs. */
export interface EditForm {
  operation: EditOperation;
  /** tags to add or to move, separated by commas */
  tags: string;
  position: 'first' | 'last';
  /** number of leading tags that keep their position */
  keepFirst: number;
  /** what to remove or replace: tags or wildcards separated by commas, one regular expression, or a text */
  find: string;
  replacement: string;
  /** how `find` is matched against tags */
  match: 'exact' | 'wildcard' | 'regex';
  /** whether `find` is a regular expression, for operations on text */
  regex: boolean;
  matchCase: boolean;
  sortBy: 'alphabet' | 'frequency';
  /** the caption to set */
  text: string;
  how: 'replace' | 'append' | 'prepend';
  /** the id of the snapshot to restore, and what it is called; empty if none was chosen */
  snapshot: string;
  snapshotName: string;
}

/** The values of the form when the dialog is opened for the first time. */
export const blankEditForm: Readonly<EditForm> = {
  operation: 'addTags',
  tags: '',
  position: 'last',
  keepFirst: 0,
  find: '',
  replacement: '',
  match: 'exact',
  regex: false,
  matchCase: false,
  sortBy: 'alphabet',
  text: '',
  how: 'replace',
  snapshot: '',
  snapshotName: '',
};

/** A caption that is left out of the edit, and why. */
export interface LeftOut {
  path: string;
  reason: string;
}

/** How many tags captions would gain, lose and keep: those of the ticked changes together. */
export interface CaptionTotals {
  adds: number;
  removes: number;
  keeps: number;
}

/** Facts about the previewed job, shown beside its changes. */
export interface CaptioningSummary {
  /** of the job, such as `Caption All` */
  label: string;
  /** what the job would do and how, each with its name */
  facts: { name: string; value: string }[];
  totals: CaptionTotals;
}

/** Preview of an edit. Lists are truncated; the counts include everything. */
export interface PlanSummary {
  planId: number;
  /** captions that would change, and how many of them are ticked */
  changed: number;
  ticked: number;
  unchanged: number;
  /** captions among the unchanged ones that are prose, where the edit is about tags; left out where there are none */
  prose?: number;
  leftOutCount: number;
  leftOut: LeftOut[];
  tagCount: number;
  /** tags that are added or removed, each with the number of captions */
  tags: { tag: string; removed: number; added: number }[];
  /** where it is the preview of a job */
  captioning?: CaptioningSummary;
}

/** Result of planning a form's edit: a plan, or a sentence that says what is missing or wrong. */
export type PlanAnswer =
  | { state: 'planned'; plan: PlanSummary }
  | { state: 'incomplete'; message: string }
  | { state: 'invalid'; message: string };

/** A piece of the diff of a caption; the text of `skipped` is the number of unchanged tags that are not shown. */
export interface DiffPiece {
  kind: 'kept' | 'removed' | 'added' | 'moved' | 'skipped';
  text: string;
}

/** A caption that would change. */
export interface PlanItem {
  /** position among the captions that would change, from 0 */
  index: number;
  /** the images that it belongs to; at least one */
  images: string[];
  /** version of the first image's file */
  imageVersion: string;
  ticked: boolean;
  unit: 'tags' | 'text';
  pieces: DiffPiece[];
}

/** The images that an action of the selection bar or of a card applies to. */
export type ImageTarget = { scope: EditScope } | { path: string };

/** The text of a caption that is copied or pasted, where the page knows it. */
export interface CopiedText {
  text?: string;
}

/** Requests from the webview to the host about bulk edits and the selection. */
export interface BulkEditRequests {
  /** The dialog that a command tried to open while there was no webview to show it; null if there is none. */
  wantedEdit(params: Record<string, never>): WantedEdit | null;
  /** Plans an edit without changing anything. A newer plan of the same grid replaces an older one. */
  planEdit(params: { scope: EditScope; form: EditForm }): PlanAnswer;
  /** Captions that a plan would change. Throws PLAN_GONE if a newer plan has replaced it. */
  getPlanItems(params: { planId: number; start: number; count: number }): { items: PlanItem[] };
  /** Ticks or unticks one caption or all of them; returns how many are ticked now, and what they make together. */
  tickPlan(params: { planId: number; index: number | 'all'; ticked: boolean }): {
    ticked: number;
    totals?: CaptionTotals;
  };
  /** Applies the ticked changes as one undo step. */
  applyPlan(params: { planId: number }): { changed: number; leftOutCount: number };
  /** Discards the plan, because the dialog was closed. */
  dropPlan(params: Record<string, never>): undefined;
  captionImages(params: { scope: EditScope }): undefined;
  /**
   * Copies the caption of an image; of several images, the caption of the first.
   * @param params `text`: what the page has put on the clipboard already, which the host only remembers
   */
  copyCaption(params: ImageTarget & CopiedText): undefined;
  /**
   * Pastes a text into the caption of one image, or opens the dialog for several.
   * @param params `text`: what is pasted; without it, what was copied last
   */
  pasteCaption(params: ImageTarget & CopiedText): undefined;
  /**
   * Asks the user to confirm, then moves images and their captions to the trash. A selection is the one at the time of
   * the request, and the signal withdraws a question that is not shown yet. Answers when the user has answered: the
   * images may be on their way still.
   */
  deleteImages(params: ImageTarget): undefined;
}

/** What a command prefills in the dialog. */
export interface WantedEdit {
  scope?: EditScope;
  form: Partial<EditForm>;
}
