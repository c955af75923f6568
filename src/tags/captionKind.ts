/**
 * How captions are read: each as what it looks like (`auto`), all as lists of tags, or all as prose. JSON is always
 * read as JSON.
 */
export const captionKinds = ['auto', 'tags', 'prose'] as const;
export type CaptionKind = (typeof captionKinds)[number];

let current: CaptionKind = 'auto';

/**
 * The user's choice, the only state of this room. All code of a process must share it, or a caption would be counted
 * in one way and edited in another.
 */
export function captionKind(): CaptionKind {
  return current;
}

/** Reads captions in this way from now on. Counts that were made before are stale. */
export function readCaptionsAs(kind: CaptionKind): void {
  current = kind;
}
