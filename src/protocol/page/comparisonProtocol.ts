import type { PlanItem, WantedEdit } from './bulkEditProtocol';

/** Which changes of a comparison are shown: those in which a tag or sentence came or went. */
export interface ComparisonFilter {
  /** a part of the tag or sentence, or all of it; empty for all changes */
  text: string;
  /** whether `text` is the whole tag */
  isWhole: boolean;
}

/** What differs between two states of all captions. */
export interface ComparisonSummary {
  /** of this comparison; a newer one of the same grid has another */
  id: number;
  /** what the two states are called, the earlier one first */
  before: string;
  after: string;
  /** images that are in both with different captions, and how many of these differ in form only */
  changed: number;
  onlyForm: number;
  /** images that are in the later, or the earlier one only */
  came: number;
  gone: number;
  same: number;
  /** images whose captions could not be read in one of the two */
  unknown: number;
  /** the edit that restores the earlier state; null where the later one is not now */
  restore: WantedEdit | null;
  /** where the user was when the page went, as when the captions of a row were opened beside each other */
  filter: ComparisonFilter;
  row: number;
}

/** How many images gained and lost a tag or sentence. */
export interface ComparedTag {
  tag: string;
  removed: number;
  added: number;
  /** false for a sentence, and a caption that is JSON */
  isTag: boolean;
}

/** The changes that a filter leaves. */
export interface ComparisonView {
  /** of this view; its rows cannot be had any more once there is a newer one */
  view: number;
  rows: number;
  /** the first tags and sentences that the filter leaves, those of most images first, and how many there are */
  tags: ComparedTag[];
  tagCount: number;
}

/** An image whose caption differs. It has no ticks: nothing can be done with it. */
export interface ComparedItem extends Omit<PlanItem, 'ticked'> {
  /** what its row says beside the difference */
  note?: 'new' | 'gone' | 'onlyForm' | 'unreadable';
}

/** Requests from the webview to the host about the comparison that is shown. */
export interface ComparisonRequests {
  /** The comparison that a command opened while there was no page, or that an earlier page showed; null for none. */
  wantedComparison(params: Record<string, never>): ComparisonSummary | null;
  /** Throws PLAN_GONE if there is a newer comparison. */
  filterComparison(params: { id: number; filter: ComparisonFilter }): ComparisonView;
  /** Rows from `start`. Throws PLAN_GONE if there is a newer view. */
  getComparedItems(params: { id: number; view: number; start: number; count: number }): { items: ComparedItem[] };
  /** Opens both captions of a row in VS Code's own editor of differences. */
  openComparedCaption(params: { id: number; view: number; row: number }): undefined;
  /** Opens the whole comparison as a text that can be copied. */
  openComparisonText(params: { id: number }): undefined;
  /** The user closed the comparison. */
  dropComparison(params: { id: number }): undefined;
}
