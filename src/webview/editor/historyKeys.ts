import { historyKey } from '../shared/historyKey';
import { runEditCommand } from '../shared/LocalUndo';

/** What the keys of undo and saving do. */
export interface HistoryActions {
  undo(): void;
  redo(): void;
  save(): void;
}

/** Fields whose text is not a caption: their undo is the browser's. */
const plainField = 'textarea, input:not([type=checkbox], [type=radio], [type=range], [type=button]), [contenteditable]';

/**
 * Takes the keys of undo, redo and saving for the page. VS Code would take them for itself, and its undo may overtake
 * the edits of the page on their way to the host. A field has had its turn before: a key that it used does not come
 * here. VS Code listens on the window, which is reached after the document.
 * @returns stops listening
 */
export function listenForHistoryKeys(target: EventTarget, actions: HistoryActions): () => void {
  let isChord = false;
  const onKeydown = (event: Event): void => {
    if (!(event instanceof KeyboardEvent) || event.isComposing) return;
    if (isModifier(event.key)) return;
    const secondOfChord = isChord;
    isChord = startsChord(event);
    const key = historyKey(event);
    // The second key of a shortcut such as Ctrl+K Ctrl+S is VS Code's.
    if (key === undefined || secondOfChord || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    if (key !== 'save' && isInPlainField(event)) {
      runEditCommand(key);
    } else actions[key]();
  };
  target.addEventListener('keydown', onKeydown);
  return () => {
    target.removeEventListener('keydown', onKeydown);
  };
}

function startsChord({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key.toLowerCase() === 'k';
}

function isModifier(key: string): boolean {
  return key === 'Control' || key === 'Meta' || key === 'Shift' || key === 'Alt';
}

function isInPlainField(event: Event): boolean {
  const path = event.composedPath();
  const [field] = path;
  if (!(field instanceof Element) || !field.matches(plainField)) return false;
  return !path.some((element) => element instanceof Element && element.localName === 'image-card');
}
