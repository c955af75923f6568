/** Puts a text in place of what is selected in the field that has the focus, so that Ctrl+Z takes it back like typing. */
export function insertAsTyped(text: string): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to the undo stack that typing feeds
  document.execCommand('insertText', false, text);
}
