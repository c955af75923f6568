import { readdirSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';

/** What a folder has under one name. */
export interface FolderEntry {
  /** bytes that are not UTF-8 are shown as `\x82` */
  name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
  /** whether the name is not UTF-8 (as those of zips from Japanese or Chinese Windows): then nothing is found by it */
  isLost?: true;
}

/** Replaces bytes that are not UTF-8 in a decoded name; it may also be a letter of the name. */
const replacement = '\ufffd';

/**
 * The entries of a folder. Names are read as bytes only where one of them seems not to be UTF-8, as that takes longer.
 * @throws the error of the system
 */
export function readEntries(folder: string): FolderEntry[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes(replacement))) return entries;
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).map((entry) => decoded(entry, folder));
}

function decoded(entry: Dirent<Buffer>, folder: string): FolderEntry {
  const bytes = entry.name;
  const name = bytes.toString();
  const isLink = entry.isSymbolicLink();
  const plain = { isFile: () => entry.isFile(), isSymbolicLink: () => isLink };
  if (Buffer.from(name).equals(bytes)) return { ...plain, name, isDirectory: () => entry.isDirectory() };
  const absolute = Buffer.concat([Buffer.from(folder + path.sep), bytes]);
  const isDirectory = (): boolean =>
    isLink ? statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true : entry.isDirectory();
  return { ...plain, name: shownBytes(bytes), isDirectory, isLost: true };
}

/** A name for people in which each byte that is no part of UTF-8 is `\x` and its hexadecimal digits. */
function shownBytes(bytes: Buffer): string {
  let shown = '';
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const character = bytes.subarray(at, at + length);
    const text = character.toString();
    const isWhole = Buffer.from(text).equals(character);
    shown += isWhole ? text : `\\x${lead.toString(16)}`;
    at += isWhole ? length : 1;
  }
  return shown;
}
