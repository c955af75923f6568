/**
 * Restores the focus to the element that had it when the window lost it: VS Code's palettes and dialogs take it from
 * the page, and the browser forgets where in the page it was.
 * @param instead focuses something else where that element is gone
 */
export function returnFocus(window: Window, instead: () => void): void {
  const { document } = window;
  let left: HTMLElement | undefined;
  // Focus moves inside one component do not reach the document, and need not.
  document.addEventListener('focusin', () => {
    left = undefined;
  });
  document.addEventListener('focusout', (event) => {
    const [element] = event.composedPath();
    left = element instanceof HTMLElement ? element : undefined;
  });
  window.addEventListener('focus', () => {
    if (left === undefined || (document.activeElement ?? document.body) !== document.body) return;
    if (left.isConnected) left.focus({ preventScroll: true });
    else instead();
  });
}
