import { createHash } from 'node:crypto';

/** Length of a {@link CaptionKey} of a content, in bytes. */
export const keyLength = 16;

/**
 * What a caption is in a snapshot: its content, by {@link keyOf}, or {@link noCaption} or {@link unreadCaption}. A
 * string of 16 characters U+0000 to U+00FF, which costs less memory and time than hexadecimal digits.
 */
export type CaptionKey = string;

/** The image has no caption file. */
export const noCaption: CaptionKey = '\0'.repeat(keyLength);
/** The caption could not be read when the snapshot was made: its content is not known. */
export const unreadCaption: CaptionKey = '\xff'.repeat(keyLength);

/** Identifies a content: the first 16 bytes of its SHA-256, as `captionHash` shows them. */
export function keyOf(content: Uint8Array): CaptionKey {
  return createHash('sha256').update(content).digest().toString('latin1', 0, keyLength);
}

/** Whether a key is that of a content, and not a special value. */
export function isContent(key: CaptionKey): boolean {
  return key !== noCaption && key !== unreadCaption;
}

/** A key in hexadecimal digits. */
export function keyText(key: CaptionKey): string {
  return Buffer.from(key, 'latin1').toString('hex');
}

/** The key that {@link keyText} wrote; undefined for any other text. */
export function keyOfText(text: string): CaptionKey | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? Buffer.from(text, 'hex').toString('latin1') : undefined;
}
