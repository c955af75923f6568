import type { EditAuthor, EditStep } from '../files/FileWriter';
import type { Caption } from './Caption';
import { encodeCaption } from './captionContent';

/** An unsaved edit as plain data, as backups hold it. */
export interface UnsavedEdit {
  captionPath: string;
  images: string[];
  /** what the file should hold; null means no file */
  raw: string | null;
  /** the bytes of the file when the edit was made, base64; null means no file */
  base: string | null;
  /** in a conflict with another unsaved edit: what that one made of the caption */
  rival?: string | null;
  /** where a conversion to UTF-8 was taken back: the bytes that the file is to have again, base64 */
  bytes?: string;
  /** who made it, where that was not only typed; the last step leads to `raw` */
  steps?: EditStep[];
}

/** The unsaved edit of a caption as plain data. */
export function unsavedEditOf(caption: Caption): UnsavedEdit {
  const base = caption.editBase;
  const { unsavedRival, bytesToRestore, steps } = caption;
  return {
    ...(unsavedRival === undefined ? {} : { rival: unsavedRival?.raw ?? null }),
    ...(bytesToRestore === undefined ? {} : { bytes: Buffer.from(bytesToRestore.bytes).toString('base64') }),
    ...(steps.some(({ by }) => by === 'undo' || by.by !== 'hand') ? { steps: steps.map(plainStep) } : {}),
    captionPath: caption.path,
    images: [...caption.images],
    raw: caption.raw,
    base: base === null ? null : Buffer.from(encodeCaption(base)).toString('base64'),
  };
}

function plainStep({ by, after }: EditStep): EditStep {
  return { by, after };
}

/** A type guard for edits that were read from a file; `Dataset.restoreEdits` checks their paths. */
export function isUnsavedEdit(value: unknown): value is UnsavedEdit {
  if (typeof value !== 'object' || value === null) return false;
  const { captionPath, images, raw, base, rival = null, bytes = null, steps = [] } = value as Record<string, unknown>;
  const isText = (one: unknown): boolean => one === null || typeof one === 'string';
  return (
    typeof captionPath === 'string' &&
    Array.isArray(images) &&
    images.every((image) => typeof image === 'string') &&
    isText(raw) &&
    isText(base) &&
    isText(rival) &&
    isText(bytes) &&
    Array.isArray(steps) &&
    steps.every(isStep)
  );
}

const authors: readonly unknown[] = ['hand', 'bulk', 'import', 'tagger', 'captioner'] satisfies EditAuthor['by'][];

function isStep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { by, after } = value as Record<string, unknown>;
  if (after !== null && typeof after !== 'string') return false;
  if (by === 'undo') return true;
  if (typeof by !== 'object' || by === null) return false;
  const { by: author, name = '', job = '', separator = ',' } = by as Record<string, unknown>;
  const { thresholds = [], found, asked = [] } = by as Record<string, unknown>;
  const isKnown = authors.includes(author) && [name, job, separator].every((text) => typeof text === 'string');
  const isAsked = isListOf(asked, (tag) => typeof tag === 'string');
  return isKnown && isListOf(thresholds, isThresholds) && (found === undefined || isFound(found)) && isAsked;
}

function isThresholds(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { general, character } = value as Record<string, unknown>;
  return typeof general === 'number' && typeof character === 'number';
}

function isFound(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { tags, scores = [] } = value as Record<string, unknown>;
  return isListOf(tags, (tag) => typeof tag === 'string') && isListOf(scores, (score) => typeof score === 'number');
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}
