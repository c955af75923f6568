/**
 * Stops Ctrl+A from reaching VS Code where the page handles it. In a field the browser selects the text; VS Code would
 * select it again a moment later, and the next letter would replace what was typed meanwhile.
 */
export function keepSelectAll(page: Document): void {
  page.addEventListener('keydown', (event) => {
    const [target] = event.composedPath();
    const inText = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    // VS Code listens on the window.
    if (command && event.key.toLowerCase() === 'a' && (inText || event.defaultPrevented)) event.stopPropagation();
  });
}
