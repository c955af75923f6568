import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Caption } from '../../dataset/captions/Caption';
import { fileLines } from '../../base/fileLines';
import { inSlices } from '../../base/inSlices';
import { ownFileMode, ownFolderMode } from '../../base/machine/ownFolder';
import { isUnsavedEdit, unsavedEditOf, type UnsavedEdit } from '../../dataset/captions/unsavedEdit';

/** A caption with an unsaved edit, or an edit of an earlier session that is not applied to its caption yet. */
export type Unsaved = Caption | UnsavedEdit;

/** The content of the file for one caption. */
interface Entry {
  raw: string | null;
  base: string | null;
  /** whether the file is to have bytes in another encoding again */
  isTakenBack: boolean;
  /** number of the last comparison in which the caption was unsaved */
  seen: number;
}

/** A line for a caption whose edit was saved or dropped. */
interface Ended {
  captionPath: string;
  ended: true;
}

/** Length of a piece that is written at a time, in UTF-16 units. */
const pieceLength = 1 << 20;
/** The file is compacted when it has more lines than four per unsaved edit and this number. */
const spareLines = 1000;

/**
 * An append-only file of unsaved edits, one line of JSON per change, so that an update costs as much as changed and not
 * as much as is unsaved. Each line begins with its line end, so that a line cut off by a crash or a full disk does not
 * damage the next one.
 */
export class JournalFile {
  private readonly entries = new Map<string, Entry>();
  private handle: FileHandle | undefined;
  private lines = 0;
  private comparison = 0;
  /** a write failed: the content of the file is unknown */
  private isDamaged = false;

  constructor(readonly file: string) {}

  /** Whether the file exists, which means that it has at least one edit. */
  get isThere(): boolean {
    return this.handle !== undefined;
  }

  /**
   * Updates the file to the edits that are unsaved now; removes it when there are none. Writes it anew if another
   * process has removed or replaced it: text that is appended to a deleted file is lost with the process.
   */
  async follow(unsaved: Iterable<Unsaved>): Promise<void> {
    if (this.isDamaged || !(await this.hasItsName())) {
      await this.writeAnew(unsaved);
      this.isDamaged = false;
    }
    const comparison = ++this.comparison;
    await inSlicedPieces(
      unsaved,
      (item) => {
        const edit = { raw: item.raw, base: baseOf(item), isTakenBack: isTakenBack(item) };
        const name = item instanceof Caption ? item.path : item.captionPath;
        const entry = this.entries.get(name);
        if (entry !== undefined) entry.seen = comparison;
        const { raw, base, isTakenBack: isSoAlready } = entry ?? {};
        if (raw === edit.raw && base === edit.base && isSoAlready === edit.isTakenBack) return undefined;
        this.entries.set(name, { ...edit, seen: comparison });
        return item instanceof Caption ? unsavedEditOf(item) : item;
      },
      (piece, count) => this.append(piece, count),
    );
    await inSlicedPieces(
      this.entries,
      ([captionPath, { seen }]): Ended | undefined => {
        if (seen === comparison) return undefined;
        this.entries.delete(captionPath);
        return { captionPath, ended: true };
      },
      (piece, count) => (this.entries.size === 0 ? Promise.resolve() : this.append(piece, count)),
    );
    if (this.entries.size === 0) {
      if (this.isThere) await this.remove();
    } else if (this.lines > 4 * this.entries.size + spareLines) await this.writeAnew(unsaved);
  }

  /** Leaves the file, if it is there, to whoever opens the dataset next: at once, as if its owner were long gone. */
  async leave(): Promise<void> {
    try {
      if (this.isThere) await utimes(this.file, 0, 0);
    } finally {
      await this.close();
    }
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    this.entries.clear();
    this.lines = 0;
    await this.close();
    await rm(this.file, { force: true });
  }

  /** Whether the open file, if there is one, is still the one at its path, and was not deleted or replaced. */
  private async hasItsName(): Promise<boolean> {
    if (this.handle === undefined) return true;
    const [open, named] = await Promise.all([
      this.handle.stat({ bigint: true }),
      stat(this.file, { bigint: true }).catch(() => undefined),
    ]);
    return open.ino === named?.ino && open.dev === named.dev;
  }

  private async append(piece: string, count: number): Promise<void> {
    try {
      if (this.handle === undefined) {
        await mkdir(path.dirname(this.file), { recursive: true, mode: ownFolderMode });
        this.handle = await open(this.file, 'a', ownFileMode);
      }
      await this.handle.appendFile(piece);
      this.lines += count;
    } catch (thrown) {
      this.isDamaged = true;
      throw thrown;
    }
  }

  private async writeAnew(unsaved: Iterable<Unsaved>): Promise<void> {
    const next = new JournalFile(`${this.file}.tmp`);
    try {
      await rm(next.file, { force: true });
      await next.follow(unsaved);
      await next.close();
      await this.close();
      if (next.lines === 0) {
        await this.remove();
        return;
      }
      await rename(next.file, this.file);
      this.handle = await open(this.file, 'a');
    } catch (thrown) {
      await next.remove().catch(() => undefined);
      throw thrown;
    }
    this.entries.clear();
    for (const [name, entry] of next.entries) this.entries.set(name, entry);
    this.lines = next.lines;
  }

  private async close(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }
}

/** Writes unsaved edits into a new file that {@link readUnsavedEdits} can read. */
export async function writeUnsavedEdits(file: string, unsaved: Iterable<Unsaved>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: ownFolderMode });
  await writeFile(file, '', { mode: ownFileMode });
  const edit = (item: Unsaved): UnsavedEdit => (item instanceof Caption ? unsavedEditOf(item) : item);
  await inSlicedPieces(unsaved, edit, (piece) => writeFile(file, piece, { flag: 'a' }));
}

/**
 * Reads the edits in a journal or backup of any size. Incomplete lines are skipped.
 * @throws errors of the file system; SyntaxError for a damaged file of an older version
 */
export async function readUnsavedEdits(file: string): Promise<UnsavedEdit[]> {
  const edits = new Map<string, UnsavedEdit>();
  for await (const lines of fileLines(file, isLineStart)) {
    for (const { text, start } of lines) {
      // Older versions wrote one JSON array.
      if (start === 0 && text.startsWith('[')) return listOfEdits(await readFile(file, 'utf8'));
      const record = parseLine(text);
      if (record === undefined) continue;
      if ('ended' in record) edits.delete(record.captionPath);
      else edits.set(record.captionPath, record);
    }
  }
  return [...edits.values()];
}

function listOfEdits(json: string): UnsavedEdit[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter(isUnsavedEdit) : [];
}

/** `{`, with which each line begins, or the `[` of an older version. */
function isLineStart(byte: number): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function parseLine(line: string): UnsavedEdit | Ended | undefined {
  if (line === '') return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isUnsavedEdit(value) || isEnded(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEnded(value: unknown): value is Ended {
  const { captionPath, ended } = (value ?? {}) as Partial<Ended>;
  return typeof captionPath === 'string' && ended === true;
}

function baseOf(item: Unsaved): string | null {
  return item instanceof Caption ? (item.editBase?.raw ?? null) : item.base;
}

function isTakenBack(item: Unsaved): boolean {
  return (item instanceof Caption ? item.bytesToRestore : item.bytes) !== undefined;
}

/** Makes a line of each item, in slices that do not block the process, and writes them in pieces of limited length. */
async function inSlicedPieces<T>(
  items: Iterable<T>,
  record: (item: T) => UnsavedEdit | Ended | undefined,
  write: (piece: string, lines: number) => Promise<void>,
): Promise<void> {
  const lines: string[] = [];
  await inSlices(items, (item) => {
    const made = record(item);
    if (made !== undefined) lines.push(`\n${JSON.stringify(made)}`);
  });
  let piece: string[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    if (piece.length > 0) await write(piece.join(''), piece.length);
    piece = [];
    length = 0;
  };
  for (const line of lines) {
    piece.push(line);
    length += line.length;
    if (length >= pieceLength) await flush();
  }
  await flush();
}
