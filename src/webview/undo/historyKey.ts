/** What a keyboard event says of its key. */
interface Key {
  readonly key: string;
  readonly keyCode: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** What a key of undo or saving means; undefined for all other keys. */
export function historyKey({
  key,
  keyCode,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
}: Key): 'undo' | 'redo' | 'save' | undefined {
  if (altKey || ctrlKey === metaKey) return undefined;
  // The key code identifies the key when a layout or an input method changes its letter.
  const is = (letter: string): boolean =>
    key.toLowerCase() === letter || keyCode === letter.toUpperCase().charCodeAt(0);
  if (is('z')) return shiftKey ? 'redo' : 'undo';
  if (shiftKey) return undefined;
  if (is('y')) return 'redo';
  return is('s') ? 'save' : undefined;
}
