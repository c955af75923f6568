import { DoublePress, type Press } from './DoublePress';

/** What reacts to presses of its own; an image's card is known by its path, or by its place until that has come. */
const reacts =
  'image-card, button, a, input, textarea, select, label, [contenteditable], [tabindex], [role=option], vscode-button, vscode-dropdown';

/** Keys that are held while the pointer is pressed. */
const modifiers = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock']);

/** The events of one press, in their order; `pointerdown` begins it. */
const eventsOfPress = ['mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'auxclick'] as const;

/**
 * Keeps the second press of a double click from what has come there since the first, see {@link DoublePress}. A control
 * that is used again for something else says in its attribute `data-press` what it acts on at the moment.
 */
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
      isRefused = !presses.counts({ at: timeStamp, x: clientX, y: clientY, ...targetOf(event) });
      drop(event);
    },
    true,
  );
  const forget = (event: Event): void => {
    if (!(event instanceof KeyboardEvent && modifiers.has(event.key))) presses.forget();
  };
  for (const name of ['wheel', 'keydown']) window.addEventListener(name, forget, { capture: true, passive: true });
  for (const name of eventsOfPress) window.addEventListener(name, drop, true);
}

function targetOf(event: Event): Pick<Press, 'target' | 'means' | 'place'> {
  for (const element of event.composedPath()) {
    if (!(element instanceof Element) || !element.matches(reacts)) continue;
    const { press, index } = element instanceof HTMLElement ? element.dataset : {};
    // The element of a card may be another one after the list was rendered again.
    return { target: element.localName === 'image-card' ? 'image-card' : element, means: press, place: index };
  }
  return { target: undefined };
}
