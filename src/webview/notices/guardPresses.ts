import { DoublePress } from './DoublePress';

/** What reacts to presses of its own; an image's card is known by its path, see {@link targetOf}. */
const reacts =
  'image-card, button, a, input, textarea, select, label, [contenteditable], [tabindex], [role=option], vscode-button, vscode-dropdown';

/** The events of one press, in their order; `pointerdown` begins it. */
const eventsOfPress = ['mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'auxclick'] as const;

/** Keeps the second press of a double click from what has come there since the first, see {@link DoublePress}. */
export function guardPresses(window: Window): void {
  const presses = new DoublePress();
  let isRefused = false;
  const drop = (event: Event): void => {
    // A click by the keyboard or by a program is no part of a press.
    if (!isRefused || !event.isTrusted || (event.type === 'click' && (event as MouseEvent).detail === 0)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  window.addEventListener(
    'pointerdown',
    (event) => {
      const { timeStamp, clientX, clientY } = event;
      isRefused = !presses.counts({ at: timeStamp, x: clientX, y: clientY, target: targetOf(event) });
      drop(event);
    },
    true,
  );
  for (const name of eventsOfPress) window.addEventListener(name, drop, true);
}

function targetOf(event: Event): unknown {
  for (const element of event.composedPath()) {
    if (!(element instanceof Element) || !element.matches(reacts)) continue;
    // The element of a card may be another one after the list was rendered again.
    return element.localName === 'image-card' ? element.ariaLabel : element;
  }
  return undefined;
}
