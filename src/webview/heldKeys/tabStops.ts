/** The element that Tab moves the focus to from another; undefined if that is outside of the page. */
export function tabStopAfter(from: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const stops = [...tabStopsIn(document)];
  const at = stops.indexOf(from);
  return at < 0 ? undefined : stops[at + step];
}

/** What can be reached by Tab, in the order of the page and through its shadow roots. */
function* tabStopsIn(root: Document | ShadowRoot): Generator<HTMLElement> {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (element.shadowRoot !== null) {
      if (element.closest('[inert]') === null) yield* tabStopsIn(element.shadowRoot);
      continue;
    }
    const isStop = element.matches('button, input, select, textarea, a[href], [tabindex]') && element.tabIndex >= 0;
    if (isStop && !element.matches(':disabled, [inert] *') && element.checkVisibility({ visibilityProperty: true }))
      yield element;
  }
}
