/**
 * Control characters as escapes that can be read, such as `\x1b`: a name or a text from a file must not speak to a
 * terminal, nor look like several lines. So are line and paragraph separators, and the marks that turn the direction of
 * what follows, by which `gpj.exe` passes for `exe.jpg` (Unicode Technical Report 36, 2.4). Those above 0x7e become
 * `\u009b`, which is valid in JSON, too; the others are never in JSON.
 * @param kept control characters that stay as they are
 */
export function escapeControls(text: string, kept = ''): string {
  return text.replace(escaped, (character) => {
    if (kept.includes(character)) return character;
    const code = character.charCodeAt(0).toString(16);
    return character < '\u007f' ? String.raw`\x${code.padStart(2, '0')}` : String.raw`\u${code.padStart(4, '0')}`;
  });
}

/** A text in one line, with line ends as `\n` and other control characters as {@link escapeControls} writes them. */
export function inOneLine(text: string): string {
  return escapeControls(text.replaceAll('\n', String.raw`\n`), '\t');
}

/** A name in one line: as {@link inOneLine}, and a tab, which a text may have and hardly a name, is shown, too. */
export function nameInOneLine(name: string): string {
  return inOneLine(name).replaceAll('\t', String.raw`\t`);
}

// eslint-disable-next-line no-control-regex -- these are what is escaped
const escaped = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
