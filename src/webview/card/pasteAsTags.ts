import { insertAsTyped } from '../shared/insertAsTyped';

/** Pastes lines as tags: a field of one line would make one tag of them. Other texts are left to the browser. */
export function pasteAsTags(event: ClipboardEvent): void {
  const lines = (event.clipboardData?.getData('text/plain') ?? '')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '');
  if (lines.length < 2) return;
  event.preventDefault();
  insertAsTyped(lines.map((line) => line.trim().replace(/,$/, '')).join(', '));
}
