/**
 * A name without what some file systems do not tell apart: case, as on Windows and macOS, and how accents are composed,
 * as on macOS. Equal folded names may be one file; whether they are, only the file system can tell.
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
