import { errno } from '../base/errno';
import { fileLines } from '../base/fileLines';
import { RecordDecoder, type StoredEntry } from './RecordDecoder';
import { recordFiles } from './recordFolder';

/** How often the folder is listed again because files were merged while they were read. */
const maxListings = 5;

/**
 * Reads all records of a dataset, line by line. What cannot be read - a line that was cut off, a file of another
 * version, a file that may not be read - is skipped. An entry that stands in two files, because they are being merged,
 * is passed once.
 * @param onEntry called with the entries of each record in their order; records come in any order
 * @param options.list lists the files, for tests
 * @throws errors of the disk if the folder cannot be listed; the signal's reason
 */
export async function readRecords(
  root: string,
  onEntry: (entry: StoredEntry) => void,
  { signal, list = recordFiles }: { signal?: AbortSignal; list?: typeof recordFiles } = {},
): Promise<void> {
  /** the number of the last entry of each record */
  const latest = new Map<string, number>();
  const read = new Set<string>();
  for (let listing = 0; listing < maxListings; listing++) {
    let isGone = false;
    for (const file of await list(root)) {
      if (read.has(file)) continue;
      read.add(file);
      const isRead = await readFileOf(file, latest, onEntry, signal);
      isGone ||= !isRead;
    }
    // What the missing file had stands in one that was not there yet when the folder was listed.
    if (!isGone) return;
  }
}

/** @returns false if the file is gone */
async function readFileOf(
  file: string,
  latest: Map<string, number>,
  onEntry: (entry: StoredEntry) => void,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const decoder = new RecordDecoder();
  try {
    for await (const lines of fileLines(file, isLineStart)) {
      signal?.throwIfAborted();
      for (const { text } of lines) {
        const entry = decoder.add(text);
        if (entry === undefined || entry.number <= (latest.get(entry.record) ?? -1)) continue;
        latest.set(entry.record, entry.number);
        onEntry(entry);
      }
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    return errno(thrown) !== 'ENOENT';
  }
  return true;
}

/** `[`, with which each line begins. */
function isLineStart(byte: number): boolean {
  return byte === 0x5b;
}
