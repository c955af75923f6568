/** What was typed into a caption and not confirmed by the host: it survives the page that sent it. */
export interface KeptDraft {
  /** path of the image, relative to the dataset */
  path: string;
  /** the text as typed */
  text: string;
  /** the number with which it was sent */
  draft: number;
  /** the caption's text when the typing began */
  from: string;
  /** the digests (`textDigest`) of the texts that were sent on the way, any of which may have arrived */
  steps: number[];
}

/** What became of a {@link KeptDraft}. */
export type ResumedDraft =
  /** the caption holds it now, or did already */
  | 'taken'
  /** the caption was changed meanwhile; both texts are there as a conflict */
  | 'conflict'
  /** the image is gone, or its caption cannot be edited: the text is in the page alone */
  | 'refused';

/** Requests about the connection itself. */
export interface ConnectionRequests {
  /** Answered at once: the host is there. */
  ping(params: Record<string, never>): undefined;
  /**
   * Takes in what an earlier page had typed and did not see confirmed.
   * @returns what became of each, in their order
   */
  resumeDrafts(params: { drafts: KeptDraft[] }): { outcomes: ResumedDraft[] };
}
