/**
 * Restores the focus to the element that had it when the window lost it. VS Code's palettes and dialogs take the focus
 * from the page, and the browser does not remember the focused element.
 * @param instead focuses something else when that element no longer exists
 * @returns gives the focus to an element: now, or when the window gets it, which another part of VS Code may have
 */
export function returnFocus(window: Window, instead: () => void): (element: HTMLElement) => void {
  const { document } = window;
  let left: HTMLElement | undefined;
  // Focus changes within one component do not reach the document, which is fine here.
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
  return (element) => {
    if (document.hasFocus()) element.focus({ preventScroll: true });
    else left = element;
  };
}
