/**
 * Control characters as escapes that can be read, such as `\x1b`: a name or a text from a file must not speak to a
 * terminal, nor look like several lines. Those above 0x7e become `\u009b`, which is valid in JSON, too; the others are
 * never in JSON.
 * @param kept control characters that stay as they are
 */
export function escapeControls(text: string, kept = ''): string {
  // eslint-disable-next-line no-control-regex -- these are what is escaped
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    if (kept.includes(character)) return character;
    const code = character.charCodeAt(0).toString(16);
    return character < '\u007f' ? String.raw`\x${code.padStart(2, '0')}` : String.raw`\u${code.padStart(4, '0')}`;
  });
}
