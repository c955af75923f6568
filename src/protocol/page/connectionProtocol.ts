import type { Joined } from '../../tags/joinTyping';
import type { PlaceInOrder } from './gridViewProtocol';

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

/** What was typed into a caption that had not come to the page: it belongs at the end of that caption. */
export interface TypedAhead {
  /** differs from that of all others, by which the host knows it again */
  number: number;
  place: PlaceInOrder;
  /** the image; null if only its place is known */
  path: string | null;
  text: string;
  joined: Joined;
}

/** What a page keeps until the host has it. */
export type KeptTyping = KeptDraft | TypedAhead;

/** What became of a {@link KeptTyping}. */
export type ResumedDraft =
  /** the caption holds it now, or did already */
  | 'taken'
  /** the caption was changed meanwhile; both texts are there as a conflict */
  | 'conflict'
  /**
   * the image is gone or not known, its caption cannot be edited, or may have the text already: it is in the page alone
   */
  | 'refused';

/** Requests about the connection itself. */
export interface ConnectionRequests {
  /** Answered at once: the host is there. */
  ping(params: Record<string, never>): undefined;
  /**
   * Takes in what an earlier page had typed and did not see confirmed.
   * @returns what became of each, in their order
   */
  resumeDrafts(params: { drafts: KeptTyping[] }): { outcomes: ResumedDraft[] };
}
