/** What a bulk edit can do. */
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
  | 'clear';

/** Which captions it means: those of the selected images, of the images that match the search, or all. */
export type EditScope = 'selection' | 'filtered' | 'all';

/** The form of the dialog as it is filled in; an operation reads the fields that it needs. */
export interface EditForm {
  operation: EditOperation;
  /** tags to add or to move, with commas between them */
  tags: string;
  position: 'first' | 'last';
  /** number of tags at the start that stay where they are */
  keepFirst: number;
  /** what to remove or replace: tags or wildcards with commas between them, one regular expression, or a text */
  find: string;
  replacement: string;
  /** how `find` means tags */
  match: 'exact' | 'wildcard' | 'regex';
  /** whether `find` is a regular expression where it means text */
  regex: boolean;
  matchCase: boolean;
  sortBy: 'alphabet' | 'frequency';
  /** the caption to set */
  text: string;
  how: 'replace' | 'append' | 'prepend';
}

/** The form as it is when the dialog is opened for the first time. */
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
};

/** A caption that is not edited, and why. */
export interface LeftOut {
  path: string;
  reason: string;
}

/** What an edit would do. Lists are cut short; the numbers beside them count everything. */
export interface PlanSummary {
  planId: number;
  /** captions that would change, and how many of them are ticked */
  changed: number;
  ticked: number;
  unchanged: number;
  leftOutCount: number;
  leftOut: LeftOut[];
  tagCount: number;
  /** tags that come and go, with the number of captions */
  tags: { tag: string; removed: number; added: number }[];
}

/** What became of a form: a plan, or a sentence that says what is missing or wrong. */
export type PlanAnswer =
  | { state: 'planned'; plan: PlanSummary }
  | { state: 'incomplete'; message: string }
  | { state: 'invalid'; message: string };

/** A piece of a caption before and after an edit; `skipped` has the number of tags that stay and are not shown. */
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
  /** of the file of the first image */
  imageVersion: string;
  ticked: boolean;
  unit: 'tags' | 'text';
  pieces: DiffPiece[];
}

/** Which images an action of the selection bar or of a card means. */
export type ImageTarget = { scope: EditScope } | { path: string };

/** What the webview asks the host about bulk edits and the selection. */
export interface BulkEditRequests {
  /** The dialog that a command asked for while there was no webview to show it; null for none. */
  wantedEdit(params: Record<string, never>): WantedEdit | null;
  /** Tries an edit without changing anything. A newer plan of the same grid ends an older one. */
  planEdit(params: { scope: EditScope; form: EditForm }): PlanAnswer;
  /** Captions of a plan that would change. Throws PLAN_GONE when there is a newer one. */
  getPlanItems(params: { planId: number; start: number; count: number }): { items: PlanItem[] };
  /** Chooses whether a caption, or all of them, change; answers with the number of those that will. */
  tickPlan(params: { planId: number; index: number | 'all'; ticked: boolean }): { ticked: number };
  /** Makes the ticked changes, as one edit to undo. */
  applyPlan(params: { planId: number }): { changed: number; leftOutCount: number };
  /** The dialog was closed. */
  dropPlan(params: Record<string, never>): undefined;
  captionImages(params: { scope: EditScope }): undefined;
  /** Copies a caption; of several images that of the first. */
  copyCaption(params: ImageTarget): undefined;
  /** Puts the copied caption into the caption of one image, or opens the dialog for several. */
  pasteCaption(params: ImageTarget): undefined;
  /** Asks, then moves images and their captions to the trash. */
  deleteImages(params: ImageTarget): undefined;
}

/** What a command fills in before the dialog opens. */
export interface WantedEdit {
  scope?: EditScope;
  form: Partial<EditForm>;
}
