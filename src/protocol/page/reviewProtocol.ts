/** What became of a flagged answer: it waits for a person, was written as it is or after changes, or was left out. */
export type AnswerState = 'waiting' | 'taken' | 'edited' | 'discarded';

/** A captioner that can be asked again. */
export interface AskableCaptioner {
  name: string;
  /** 0..2; null for the server's own */
  temperature: number | null;
}

/** The state of a review of the flagged answers of a job. */
export interface ReviewSummary {
  /** of this review; a newer one of the same grid has another */
  id: number;
  /** of the job, such as `Caption Empty` */
  label: string;
  /** the name of the job's captioner */
  captioner: string;
  /** the answers that waited when the review was opened; they keep their places */
  count: number;
  /** how many of them wait now */
  waiting: number;
  /** the position of the shown answer, restored when the page is made anew */
  at: number;
  /** the answers that were decided on in this review, in this order: the last decision is taken back first */
  decided: number[];
  /** who can be asked again, the job's captioner first */
  captioners: AskableCaptioner[];
}

/** A line of the list of answers. */
export interface ReviewRow {
  /** position in the review, from 0 */
  index: number;
  image: string;
  /** version of the image's file */
  imageVersion: string;
  state: AnswerState;
  /** why it is flagged, in words */
  reason: string;
}

/** An answer with all that is shown of it. */
export interface ReviewedAnswer extends ReviewRow {
  /**
   * What the model said, without what is no part of a caption, such as thinking; only the beginning of one that is very
   * long. It is what is taken.
   */
  text: string;
  isCut: boolean;
  /** all that the model said, or the beginning of it; undefined where it is `text` */
  said?: string;
  /** who said it, where another than the job's captioner was asked again; undefined for the job's own answer */
  askedAgain?: string;
  /** whether this is a new answer that is not flagged */
  isGood: boolean;
  /** the caption as it stands now, with LF line ends */
  caption: string;
  /**
   * Why the answer cannot be written as the job would have, in a sentence; it may still be added to the caption where
   * `mayAdd` is true.
   */
  problem?: string;
  mayAdd: boolean;
}

/** What a decision has led to. */
export interface Reviewed {
  answer: ReviewedAnswer;
  /** how many answers wait now */
  waiting: number;
  /** why nothing was done; undefined where it was */
  refusal?: string;
}

/** How a text is put into a caption. */
export interface AnswerToTake {
  id: number;
  index: number;
  /** the edited text; null for the unchanged answer */
  text: string | null;
  /** the caption as the user saw it: if it holds something else by now, nothing is written */
  caption: string;
  /** adds the text to the caption, whatever the job's write mode */
  add: boolean;
}

/** Requests from the webview to the host about flagged answers. */
export interface ReviewRequests {
  /** The review that a command opened while there was no page, or that an earlier page showed; null for none. */
  wantedReview(params: Record<string, never>): ReviewSummary | null;
  /** Opens the review of a job's flagged answers. */
  reviewFlagged(params: { job: string }): undefined;
  /** Takes a job that ended from the page, though answers of it wait. */
  dismissJob(params: { job: string }): undefined;
  /** Rows from `start`. Throws DIALOG_GONE if there is a newer review, as all that follow do. */
  getReviewRows(params: { id: number; start: number; count: number }): { rows: ReviewRow[] };
  /** @param params `isAhead`: it is not looked at yet, and the review does not come back to it */
  getAnswer(params: { id: number; index: number; isAhead: boolean }): { answer: ReviewedAnswer };
  /** What the caption would become. */
  previewAnswer(params: AnswerToTake): { caption: string };
  /** Writes an answer into its caption, as one edit to undo. */
  takeAnswer(params: AnswerToTake): Reviewed;
  /** Leaves the caption as it is; the answer is not offered again. */
  discardAnswer(params: { id: number; index: number }): Reviewed;
  /** Takes back the last decision, if it is about this answer; what was written goes as with undo. */
  takeBackAnswer(params: { id: number; index: number }): Reviewed;
  /** Asks a captioner about the image again. Nothing is written. The signal gives it up. */
  askAgain(params: { id: number; index: number; captioner: string; temperature: number | null }): Reviewed;
  /** The user closed the review. */
  dropReview(params: { id: number }): undefined;
}
