import type { CaptionOrigins } from '../originsOf';
import type { OriginTerm } from '../../dataset/query/QueryNode';
import type { CaptionQuestion } from './RecordIndex';

/** The data with which a thread is started. */
export interface LookupWorkerData {
  /** of the records, absolute */
  root: string;
}

/** What a thread is asked. It answers in the order of the questions. */
export type LookupRequest = { id: number } & (
  | { task: 'origins'; questions: readonly CaptionQuestion[] }
  /** which captions match which terms; `isFirst`: first read what was recorded since the last question */
  | { task: 'match'; questions: readonly CaptionQuestion[]; terms: readonly OriginTerm[]; isFirst: boolean }
  | { task: 'names' }
);

/** An answer; `later`: files of records of a later version of the program, if there are new ones. */
export type LookupReply = { id: number; later?: readonly string[] } & (
  | { origins: CaptionOrigins[] }
  /** for each caption a byte for each term: 1 if it matches */
  | { matches: Uint8Array }
  /** of taggers and captioners */
  | { names: string[] }
  | { failure: string }
);
