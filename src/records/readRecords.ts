import { errno } from '../base/errno';
import { fileLines } from '../base/fileLines';
import { RecordDecoder, type StoredEntry } from './RecordDecoder';
import { captionIn, recordSources, type RecordSource } from './recordFolder';

/** How often the folder is listed again because files were merged while they were read. */
const maxListings = 5;

export interface ReadOptions {
  signal?: AbortSignal;
  folders?: readonly string[];
  onLater?: (file: string) => void;
  list?: typeof recordSources;
}

/**
 * Reads all records of a dataset, line by line. What cannot be read - a line that was cut off, a file of another
 * version, a file that may not be read - is skipped. An entry that is in two files, because they are being merged, is
 * passed once.
 * @param onEntry called with the entries of each record in their order; records come in any order
 * @param options.folders in the dataset that may have records of their own, see {@link recordSources}
 * @param options.onLater called with each file of a later version of the program, which this version cannot read
 * @param options.list lists the files, for tests
 * @throws errors of the disk if the folder cannot be listed; the signal's reason
 */
export async function readRecords(
  root: string,
  onEntry: (entry: StoredEntry) => void,
  options: ReadOptions = {},
): Promise<void> {
  const { folders = [], list = recordSources } = options;
  /** the number of the last entry of each record */
  const latest = new Map<string, number>();
  const read = new Set<string>();
  for (let listing = 0; listing < maxListings; listing++) {
    let isGone = false;
    for (const source of await list(root, folders)) {
      if (read.has(source.file)) continue;
      read.add(source.file);
      const isRead = await readFileOf(source, latest, onEntry, options);
      isGone ||= !isRead;
    }
    // A file that is gone was merged into another one, which this listing may have missed: list again.
    if (!isGone) return;
  }
}

/** @returns false if the file is gone */
async function readFileOf(
  source: RecordSource,
  latest: Map<string, number>,
  onEntry: (entry: StoredEntry) => void,
  { signal, onLater }: ReadOptions,
): Promise<boolean> {
  const { file } = source;
  const decoder = new RecordDecoder();
  // A folder may have been copied with its records.
  const place = `${source.added}\0${source.cut}\0`;
  try {
    for await (const lines of fileLines(file, isLineStart)) {
      signal?.throwIfAborted();
      for (const { text } of lines) {
        const entry = decoder.add(text);
        if (entry === undefined) continue;
        const record = place + entry.record;
        if (entry.number <= (latest.get(record) ?? -1)) continue;
        latest.set(record, entry.number);
        if (renamed(entry, source)) onEntry(entry);
      }
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    return errno(thrown) !== 'ENOENT';
  } finally {
    if (decoder.hasLater) onLater?.(file);
  }
  return true;
}

/** Turns the paths of an entry into those of the dataset. @returns false if they are outside of it */
function renamed(entry: StoredEntry, source: RecordSource): boolean {
  if (source.added === '' && source.cut === '') return true;
  const caption = captionIn(source, entry.caption);
  const from = entry.from === undefined ? undefined : captionIn(source, entry.from);
  if (caption === undefined || (from === undefined && entry.from !== undefined)) return false;
  entry.caption = caption;
  if (from !== undefined) entry.from = from;
  return true;
}

/** `[`, with which each line begins. */
function isLineStart(byte: number): boolean {
  return byte === 0x5b;
}
