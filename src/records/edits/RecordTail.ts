import { stat } from 'node:fs/promises';
import { fileLines } from '../../base/fileLines';
import { captionIn, foldersOfCaptions, recordSources, type RecordSource } from '../recordFolder';

/** Files of records that nobody has written into for so long are not looked into, in milliseconds. */
const lately = 120_000;
/** What others wrote is remembered at least so long, in milliseconds. */
const remembered = 60_000;
/** Of a longer file only the end is read the first time, in bytes. */
const longestFirst = 32 * 1024 * 1024;

/** What captions were made of by writes: by what they held after it, what they held before it. */
type Writes = Map<string, Set<string>>;

/** What has lately come to the records of a dataset: the writes of captions, by whomever. */
export class RecordTail {
  /** up to where each file has been read, in bytes */
  private readonly offsets = new Map<string, number>();
  /** the writes of late, and those of the time before */
  private recent: Writes = new Map();
  private older: Writes = new Map();
  private turnedAt: number;

  constructor(
    private readonly root: string,
    private readonly now: () => number = Date.now,
  ) {
    this.turnedAt = now();
  }

  /**
   * Reads what has come since the last time; the first time, what has come lately. Does not throw.
   * @param captions that are asked for, relative to the root
   */
  async read(captions: readonly string[]): Promise<void> {
    if (this.now() - this.turnedAt > remembered) {
      this.older = this.recent;
      this.recent = new Map();
      this.turnedAt = this.now();
    }
    const sources = await recordSources(this.root, foldersOfCaptions(captions)).catch(() => []);
    for (const source of sources) await this.readFile(source).catch(() => undefined);
  }

  /**
   * Whether recorded writes lead from one text of a caption to another. That it was given the later one at some time is
   * not enough: it may have held that before, and a program brought it back.
   * @param caption relative to the root
   * @param before the hash of what it held, as `after`
   */
  explains(caption: string, before: string, after: string): boolean {
    const reached = new Set([after]);
    for (const hash of reached) {
      const key = keyOf(caption, hash);
      for (const writes of [this.recent, this.older]) {
        const from = writes.get(key);
        if (from?.has(before) === true) return true;
        for (const earlier of from ?? []) reached.add(earlier);
      }
    }
    return false;
  }

  private async readFile({ file, ...source }: RecordSource): Promise<void> {
    const { size, mtimeMs } = await stat(file);
    const known = this.offsets.get(file) ?? (this.now() - mtimeMs > lately ? size : Math.max(0, size - longestFirst));
    // A file that was written anew, where the file system cannot append, is never shorter.
    this.offsets.set(file, known);
    if (size <= known) return;
    for await (const lines of fileLines(file, (byte) => byte === 0x5b, known)) {
      for (const { text, start, length } of lines) {
        const line = parsed(text);
        // A line that is being written is read when it is whole.
        if (line === undefined) continue;
        this.offsets.set(file, start + length + 1);
        const [letter, , named, , , before, after] = line;
        const caption = typeof named === 'string' ? captionIn(source, named) : undefined;
        if (letter !== 'w' && letter !== 'u') continue;
        if (caption === undefined || typeof before !== 'string' || typeof after !== 'string') continue;
        const key = keyOf(caption, after);
        this.recent.set(key, (this.recent.get(key) ?? new Set()).add(before));
      }
    }
  }
}

function parsed(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(caption: string, after: string): string {
  return `${after}\0${caption}`;
}
