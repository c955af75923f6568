import { createHash } from 'node:crypto';
import type { CaptionContent } from './captionContent';

/**
 * A hash that identifies the content of a caption file: the first 32 hexadecimal digits of its SHA-256.
 * @param bytes of the file; null if there is no file
 */
export function captionHash(bytes: string | Uint8Array | null): string | null {
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** {@link captionHash} of what a caption's file held when it was read. */
export function contentHash(content: CaptionContent | null): string | null {
  return captionHash(content === null ? null : (content.foreign?.bytes ?? content.raw));
}
