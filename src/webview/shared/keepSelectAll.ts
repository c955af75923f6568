/**
 * Keeps Ctrl+A from VS Code when the page handles it. In a field, the browser selects the text at once; VS Code would
 * select it again a moment later, and the next key would overwrite what was typed in between.
 */
export function keepSelectAll(page: Document): void {
  page.addEventListener('keydown', (event) => {
    const [target] = event.composedPath();
    const inText = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    // VS Code listens on the window, after the document.
    if (command && event.key.toLowerCase() === 'a' && (inText || event.defaultPrevented)) event.stopPropagation();
  });
}
