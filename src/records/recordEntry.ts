import { captionHash } from '../dataset/captions/captionHash';
import { isEmptyCaption } from '../tags/captionText';
import { comparableTag } from '../tags/comparableTag';

/** Who may have written a part of a caption. */
export const writers = ['tagger', 'captioner', 'bulk', 'import', 'hand', 'outside'] as const;
export type Writer = (typeof writers)[number];

/** The thresholds of one model of a tagger. */
export interface ModelThresholds {
  general: number;
  character: number;
}

/** Who wrote something, as a record names it. */
export interface Author {
  by: Writer;
  /** of the tagger, or of the profile of a captioner */
  name?: string;
  /** the id of the job */
  job?: string;
  /** of each model of the tagger */
  thresholds?: readonly ModelThresholds[];
  /** the separator of its tags, unless it is a comma */
  separator?: string;
}

/**
 * How a part is there after a write:
 * - `new`: the writer put it there
 * - `found`: it was there before, and the writer would have written it, too
 * - `stood`: it was there before, or its writer is not known
 */
export type PartMark = 'new' | 'found' | 'stood';

/** A part of a caption after a write. */
export interface MarkedPart {
  /** {@link recordedText} */
  text: string;
  mark: PartMark;
  /** the score that a tagger gave it, 0..1 with two digits; undefined without one */
  score?: number;
}

/** A part that a write took out of a caption. */
export interface RemovedPart {
  /** {@link recordedText} */
  text: string;
  /** its place among the parts before the write, from 0 */
  at: number;
}

/**
 * A text as a difference to the text before it: how many characters stay at the start and at the end, and the text
 * between them now.
 */
export type TextDifference = readonly [start: number, end: number, between: string];

/** What a write makes of a caption. */
export interface CaptionChange {
  /** {@link textHash} before and after */
  before: string;
  after: string;
  /** all parts of the caption after the write, in their order */
  parts: readonly MarkedPart[];
  /** the parts that the write took away, in their order */
  removed: readonly RemovedPart[];
  /** the parts that stay have another order than before */
  reordered: boolean;
  /** size of the picture's file in bytes, by which a caption is found again after both were renamed */
  pictureSize?: number;
  /** the text before the write, if it cannot be rebuilt from its parts and no earlier entry has it */
  textBefore?: string;
  /** the text after the write, if it cannot be rebuilt from its parts */
  textAfter?: string | TextDifference;
}

/**
 * An entry in the records of a caption.
 * - `written`: somebody wrote it
 * - `undone`: a write was undone, so that the text before it is back
 * - `forgotten`: jobs may add the parts in `removed` again, which were deleted by hand; all deleted ones if it is
 *   empty
 * - `deleted`: the parts in `removed` were deleted by hand before, under another name of the caption. Its parts that
 *   are `new` count as written by hand from then on: nobody can tell of which picture they are.
 */
export interface RecordEntry extends CaptionChange {
  kind: 'written' | 'undone' | 'forgotten' | 'deleted';
  /** path of the caption relative to the dataset's root, with `/` */
  caption: string;
  /** milliseconds since 1970 */
  when: number;
  author: Author;
  /** whether the write has completed; a process that died may have written the entry and not the caption */
  isDone: boolean;
}

/** Whether an entry is a note about a caption, and not a write. */
export function isNote(kind: RecordEntry['kind']): boolean {
  return kind === 'forgotten' || kind === 'deleted';
}

/** The parts of a caption before a write, in their order unless the write reordered them. */
export function partsBefore({
  kind,
  parts,
  removed,
}: Omit<RecordEntry, 'isDone' | 'when' | 'author' | 'caption'>): string[] {
  const before = parts.filter(({ mark }) => mark !== 'new').map(({ text }) => text);
  // In a note, the removed parts were gone before.
  if (!isNote(kind)) for (const { text, at } of removed) before.splice(at, 0, text);
  return before;
}

/**
 * Whether parts of this author may be replaced by a later result of a machine. Edits that persons made with other
 * tools count as theirs.
 */
export function isMachine({ by }: Author): boolean {
  return by === 'tagger' || by === 'captioner';
}

/** Identifies the text of a caption within its history; empty for an empty one. 40 bits of SHA-256. */
export function textHash(text: string): string {
  return isEmptyCaption(text) ? '' : (captionHash(text)?.slice(0, 10) ?? '');
}

/** Longer parts, such as whole captions of JSON, are recorded by their hash only. */
const longestText = 500;

/** The form of a part in a record: the text, or a hash in a form that no caption has. */
export function recordedText(text: string): string {
  return text.length > longestText ? `\0${textHash(text)}` : text;
}

/** Whether a recorded text is the hash of a long one. */
export function isHashedText(recorded: string): boolean {
  return recorded.startsWith('\0');
}

/** The form by which what was deleted by hand is compared with what is to be written: of a long text its hash. */
export function deletionKey(text: string): string {
  return comparableTag(recordedText(text));
}
