/** What a key does on a cell of the grid. */
export type GridAction =
  /** `key` as {@link indexAfterKey} knows it; `extend` selects up to there, `keep` beside what is selected already */
  | { kind: 'move'; key: string; ends: boolean; extend: boolean; keep: boolean }
  | { kind: 'toggle' }
  /** selects from where the last selection began to here */
  | { kind: 'extend' }
  | { kind: 'all' }
  | { kind: 'none' }
  | { kind: 'view' }
  | { kind: 'edit' }
  | { kind: 'folder'; direction: 1 | -1 };

/** The keys that are pressed, as a keyboard event has them. */
export interface Keys {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const navigation = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']);

/**
 * What keys mean on a cell, after the layout grid of the ARIA Authoring Practices Guide.
 * @returns undefined where the grid does not know them
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
