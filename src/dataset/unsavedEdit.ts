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
