/** What a key does on a cell of the grid. */
export type GridAction =
  /**
   * `key` and `ends` as indexAfterKey takes them; `extend` selects the range up to there, `keep` adds it to what is
   * selected
   */
  | { kind: 'move'; key: string; ends: boolean; extend: boolean; keep: boolean }
  | { kind: 'toggle' }
  /** selects the range from where the last selection began to here */
  | { kind: 'extend' }
  | { kind: 'all' }
  | { kind: 'none' }
  | { kind: 'view' }
  | { kind: 'edit' }
  | { kind: 'folder'; direction: 1 | -1 };

/** The pressed keys, as in a keyboard event. */
export interface Keys {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const navigation = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']);

/**
 * What keys do on a cell, following the pattern for layout grids of the ARIA Authoring Practices Guide.
 * @returns undefined for keys that are not the grid's
 */
export function gridAction({ key, ctrlKey, metaKey, shiftKey, altKey }: Keys): GridAction | undefined {
  const command = ctrlKey || metaKey;
  if (altKey) {
    if (!command || shiftKey) return undefined;
    if (key === 'ArrowUp') return { kind: 'folder', direction: -1 };
    return key === 'ArrowDown' ? { kind: 'folder', direction: 1 } : undefined;
  }
  if (navigation.has(key)) {
    const ends = command && (key === 'Home' || key === 'End');
    return { kind: 'move', key, ends, extend: shiftKey, keep: shiftKey && command && !ends };
  }
  if (key === ' ') return { kind: shiftKey ? 'extend' : 'toggle' };
  if (command) return key.toLowerCase() === 'a' && !shiftKey ? { kind: 'all' } : undefined;
  if (shiftKey) return undefined;
  if (key === 'Enter') return { kind: 'view' };
  if (key === 'F2') return { kind: 'edit' };
  return key === 'Escape' ? { kind: 'none' } : undefined;
}
