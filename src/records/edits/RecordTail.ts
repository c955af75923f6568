import { stat } from 'node:fs/promises';
import { fileLines } from '../../base/fileLines';
import { captionIn, foldersOfCaptions, recordSources, type RecordSource } from '../recordFolder';

/** Files of records that were not written for so long are skipped the first time, in milliseconds. */
const lately = 120_000;
/** How long writes of others are remembered at least, in milliseconds. */
const remembered = 60_000;
/** The first time, only so many bytes at the end of a file are read. */
const longestFirst = 32 * 1024 * 1024;

/** Writes of captions: by the caption and the hash of its text after a write, the hashes before. */
type Writes = Map<string, Set<string>>;

/** Follows the records of a dataset: which writes of captions, by any process, were recorded lately. */
export class RecordTail {
  /** up to where each file has been read, in bytes */
  private readonly offsets = new Map<string, number>();
  /** two generations of recent writes: `older` is dropped after {@link remembered} */
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
   * Reads what was added since the last call; on the first call, what was added lately. Does not throw.
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
   * Whether recorded writes lead from one text of a caption to another. That some write ended in the later text is not
   * enough: another program may have restored it since.
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
        // An incomplete line is read again when it is complete.
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
