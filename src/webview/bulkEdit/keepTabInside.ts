/** Keeps the focus in a dialog: Tab would move it out of the iframe, into the workbench of VS Code. */
export function keepTabInside(dialog: HTMLDialogElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return;
  const stops = [...dialog.querySelectorAll<HTMLElement>(tabStops)].filter(
    (element) => element.checkVisibility() && isStop(element),
  );
  const goal = event.shiftKey ? stops.at(-1) : stops[0];
  const end = event.shiftKey ? stops[0] : stops.at(-1);
  const focused = (dialog.getRootNode() as ShadowRoot).activeElement;
  if (focused !== end && focused !== dialog) return;
  event.preventDefault();
  goal?.focus();
}

const tabStops = 'button:enabled, input:enabled, select, textarea, summary, [tabindex="0"]';

/** Whether the Tab key stops at an element. In a group of radio buttons, it stops only at the chosen one. */
function isStop(element: HTMLElement): boolean {
  return !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked);
}
