/** The part of a keyboard event that tells which key it is. */
export interface PressedKey {
  key: string;
  /** names the key where a layout or an input method gives it no Latin letter; 229 while an input method composes */
  keyCode: number;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  /** whether AltGr is held, which types a character of its own */
  altGraph: boolean;
}

/** Which key a keyboard event is of. */
export function pressedKey(
  event: Omit<PressedKey, 'altGraph'> & { getModifierState(modifier: string): boolean },
): PressedKey {
  const { key, keyCode, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
  const altGraph = event.getModifierState('AltGraph');
  return { key, keyCode, ctrlKey, metaKey, altKey, shiftKey, isComposing, altGraph };
}

/** The Latin letter of a key, also of a Cyrillic or Greek layout, or with Option held on macOS. */
export function letterOf({ key, keyCode }: Pick<PressedKey, 'key' | 'keyCode'>): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  // A key that has a name, or types an ASCII character, is no letter, whatever its code.
  if (key.length !== 1 || key.charCodeAt(0) < 128) return undefined;
  return keyCode >= 65 && keyCode <= 90 ? String.fromCharCode(keyCode).toLowerCase() : undefined;
}
