import type { Caption } from './Caption';
import { encodeCaption } from './captionContent';

/** An edit that is not saved: what a backup holds. */
export interface UnsavedEdit {
  captionPath: string;
  images: string[];
  /** what the file should hold; null is no file */
  raw: string | null;
  /** the bytes of the file when the edit was made, base64; null is no file */
  base: string | null;
}

/** The unsaved edit of a caption as plain data. */
export function unsavedEditOf(caption: Caption): UnsavedEdit {
  const base = caption.editBase;
  return {
    captionPath: caption.path,
    images: [...caption.images],
    raw: caption.raw,
    base: base === null ? null : Buffer.from(encodeCaption(base)).toString('base64'),
  };
}

/** Whether something that a file held is an edit; `Dataset.restoreEdits` looks at its paths. */
export function isUnsavedEdit(value: unknown): value is UnsavedEdit {
  if (typeof value !== 'object' || value === null) return false;
  const { captionPath, images, raw, base } = value as Record<string, unknown>;
  const isText = (one: unknown): boolean => one === null || typeof one === 'string';
  return (
    typeof captionPath === 'string' &&
    Array.isArray(images) &&
    images.every((image) => typeof image === 'string') &&
    isText(raw) &&
    isText(base)
  );
}
