/**
 * Keeps the key that selects all from VS Code where the page knows what it means. In a field the browser selects the text; VS Code
 * would do it once more, a moment later, and the next letter would replace what was typed meanwhile.
 */
export function keepSelectAll(page: Document): void {
  page.addEventListener('keydown', (event) => {
    const [target] = event.composedPath();
    const inText = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    // VS Code listens at the window.
    if (command && event.key.toLowerCase() === 'a' && (inText || event.defaultPrevented)) event.stopPropagation();
  });
}
