import type { TextField } from '../shared/CaretFinder';
import { historyKey } from '../undo/historyKey';
import { TypingRuns } from '../undo/TypingRuns';

/** What the keys of undo and saving do. */
export interface HistoryActions {
  undo(): void;
  redo(): void;
  save(): void;
}

/** Fields whose text is not a caption: what was typed into them is undone in them. */
const plainField = 'textarea, input:not([type=checkbox], [type=radio], [type=range], [type=button])';

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
    const field = key === 'save' ? undefined : plainFieldOf(event);
    if (field === undefined || key === 'save') actions[key]();
    else TypingRuns.of(field).replay(key);
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

function plainFieldOf(event: Event): TextField | undefined {
  const path = event.composedPath();
  const [field] = path;
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return undefined;
  const isInCard = path.some((element) => element instanceof Element && element.localName === 'image-card');
  return !isInCard && field.matches(plainField) ? field : undefined;
}
