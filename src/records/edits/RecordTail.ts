import { stat } from 'node:fs/promises';
import { fileLines } from '../../base/fileLines';
import { recordFiles } from '../recordFolder';

/** Files of records that nobody has written into for so long are not looked into, in milliseconds. */
const lately = 120_000;
/** What others wrote is remembered at least so long, in milliseconds. */
const remembered = 60_000;
/** Of a longer file only the end is read the first time, in bytes. */
const longestFirst = 32 * 1024 * 1024;

/** What has lately come to the records of a dataset: the states that captions were given, by whomever. */
export class RecordTail {
  /** up to where each file has been read, in bytes */
  private readonly offsets = new Map<string, number>();
  /** the states that captions were given lately, and those of the time before */
  private recent = new Set<string>();
  private older = new Set<string>();
  private turnedAt: number;

  constructor(
    private readonly root: string,
    private readonly now: () => number = Date.now,
  ) {
    this.turnedAt = now();
  }

  /** Reads what has come since the last time; the first time, what has come lately. Does not throw. */
  async read(): Promise<void> {
    if (this.now() - this.turnedAt > remembered) {
      this.older = this.recent;
      this.recent = new Set();
      this.turnedAt = this.now();
    }
    for (const file of await recordFiles(this.root).catch(() => [])) await this.readFile(file).catch(() => undefined);
  }

  /** Whether somebody recorded that a caption got the text with this hash. @param caption relative to the root */
  explains(caption: string, after: string): boolean {
    const key = keyOf(caption, after);
    return this.recent.has(key) || this.older.has(key);
  }

  private async readFile(file: string): Promise<void> {
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
        const [letter, , caption, , , , after] = line;
        if ((letter === 'w' || letter === 'u') && typeof caption === 'string' && typeof after === 'string') {
          this.recent.add(keyOf(caption, after));
        }
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
