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
  /** the separator that divides its tags, where that is no comma */
  separator?: string;
}

/**
 * How a part came to stand where it does after a write:
 * - `new`: the writer put it there
 * - `found`: it stood there before, and the writer would have written it, too
 * - `stood`: it stood there before, or nothing says who wrote it
 */
export type PartMark = 'new' | 'found' | 'stood';

/** A part of a caption after a write. */
export interface MarkedPart {
  /** {@link recordedText} */
  text: string;
  mark: PartMark;
  /** what a tagger gave for it, 0..1 with two digits; undefined if nothing did */
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
 * A text as a difference to the text before it: how many characters stay at its beginning and at its end, and what
 * stands between them now.
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
  /** bytes of the picture's file when it was recorded, by which a caption is found again that was renamed with it */
  pictureSize?: number;
  /** the text before the write, where its parts do not give it back and no earlier entry has it */
  textBefore?: string;
  /** the text after the write, where its parts do not give it back */
  textAfter?: string | TextDifference;
}

/**
 * What a record says of one moment of a caption.
 * - `written`: somebody wrote it
 * - `undone`: a write was taken back, so that what stood before it stands again
 * - `forgotten`: the parts in `removed` that were deleted by hand may come again; all of them if it is empty
 * - `deleted`: the parts in `removed` were deleted by hand before, under another name of the caption
 */
export interface RecordEntry extends CaptionChange {
  kind: 'written' | 'undone' | 'forgotten' | 'deleted';
  /** path of the caption relative to the dataset's root, with `/` */
  caption: string;
  /** milliseconds since 1970 */
  when: number;
  author: Author;
  /** the write came to its end; a process that died may have written the entry alone */
  isDone: boolean;
}

/** Whether an entry says something of a caption without a write. */
export function isNote(kind: RecordEntry['kind']): boolean {
  return kind === 'forgotten' || kind === 'deleted';
}

/** What a caption held before a write, in its order unless the write changed that. */
export function partsBefore({
  kind,
  parts,
  removed,
}: Omit<RecordEntry, 'isDone' | 'when' | 'author' | 'caption'>): string[] {
  const before = parts.filter(({ mark }) => mark !== 'new').map(({ text }) => text);
  // What may come again, or may not, was gone before.
  if (!isNote(kind)) for (const { text, at } of removed) before.splice(at, 0, text);
  return before;
}

/** Whether a part that this one wrote may go when a machine knows better. What persons did by other means is theirs. */
export function isMachine({ by }: Author): boolean {
  return by === 'tagger' || by === 'captioner';
}

/** Identifies the text of a caption within its history; empty for an empty one. 40 bits of SHA-256. */
export function textHash(text: string): string {
  return isEmptyCaption(text) ? '' : (captionHash(text)?.slice(0, 10) ?? '');
}

/** Longer parts, such as whole captions of JSON, are known by their hash only. */
const longestText = 500;

/** How a part stands in a record: as it is, or as a hash that no caption holds. */
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
