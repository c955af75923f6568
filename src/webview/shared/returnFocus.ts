/**
 * Gives the focus back to what had it when the window lost it: VS Code's palettes and questions take it from the page, and
 * the browser forgets where in the page it was.
 * @param instead gives the focus to something else where what had it is gone
 */
export function returnFocus(window: Window, instead: () => void): void {
  const { document } = window;
  let left: HTMLElement | undefined;
  // Going from one element to the other inside a component does not come to the document, and need not.
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
