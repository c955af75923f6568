import type { TextField } from '../shared/CaretFinder';

/** A key that waited, as an event that can be dispatched. */
export function keyAgain(event: KeyboardEvent): KeyboardEvent {
  // Listeners read the key code where a layout or an input method changes the letter: the copy must have it, too.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- `code` names the place of the key, not its letter
  const { key, code, keyCode, repeat, ctrlKey, metaKey, altKey, shiftKey } = event;
  const init = { key, code, keyCode, repeat, ctrlKey, metaKey, altKey, shiftKey };
  return new KeyboardEvent('keydown', { ...init, bubbles: true, composed: true, cancelable: true });
}

/** The element that has the focus, also inside of shadow roots. */
export function focusedElement(): Element {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement != null) focused = focused.shadowRoot.activeElement;
  return focused ?? document.body;
}

/** Whether an element takes in text. */
export function isTextField(element: Element): element is TextField {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;
}
