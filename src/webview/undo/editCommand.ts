/** Replaces the selection in the focused field in a way that Ctrl+Z undoes like typing. */
export function insertAsTyped(text: string): void {
  runEditCommand('insertText', text);
}

/**
 * Has the browser do to the focused field what its own keys and menus do: deprecated, but nothing has replaced it, and
 * nothing else reaches the undo stack that typing feeds. It is done when this returns.
 */
export function runEditCommand(command: string, value?: string): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else reaches the undo stack of a field
  return document.execCommand(command, false, value);
}
