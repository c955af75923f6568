import { open, type FileHandle } from 'node:fs/promises';

/** Bytes that are read at a time: the lines in them take a few milliseconds, after which others get their turn. */
const pieceSize = 256 * 1024;
/** The same while a line is skipped. */
const skippedSize = 4 * 1024 * 1024;
/** A line with more bytes than this is left out: no program of ours writes such a line. */
const longestLine = 128 * 1024 * 1024;

const lineEnd = 0x0a;

/** A line of a file. */
export interface FileLine {
  /** without its line end */
  text: string;
  /** position of its first byte in the file */
  start: number;
  /** number of its bytes, without its line end */
  length: number;
}

/**
 * Reads a file of any size line by line; empty lines are left out. A file may be longer than the longest string, and
 * its lines need not fit into memory at once.
 * @param mayBegin whether a line whose first byte is this one is wanted; others are skipped without being kept, such as
 *   the zeros of a disk that lost power
 * @param from the position at which the first line begins, in bytes
 * @yields the lines that end in a piece of the file, several at a time
 * @throws errors of the file system
 */
export async function* fileLines(
  file: string,
  mayBegin: (byte: number) => boolean = () => true,
  from = 0,
): AsyncGenerator<FileLine[]> {
  const handle = await open(file, 'r');
  try {
    yield* linesOf(handle, mayBegin, from);
  } finally {
    await handle.close();
  }
}

async function* linesOf(
  handle: FileHandle,
  mayBegin: (byte: number) => boolean,
  first: number,
): AsyncGenerator<FileLine[]> {
  let piece = Buffer.allocUnsafe(pieceSize);
  /** the line that began in earlier pieces; undefined while it is skipped */
  let begun: Buffer[] | undefined = [];
  let begunLength = 0;
  let position = first;
  for (;;) {
    const size = begun === undefined ? skippedSize : pieceSize;
    if (piece.length !== size) piece = Buffer.allocUnsafe(size);
    const { bytesRead } = await handle.read(piece, 0, size, position);
    const lines: FileLine[] = [];
    let from = 0;
    while (from < bytesRead) {
      const found = piece.subarray(0, bytesRead).indexOf(lineEnd, from);
      const end = found < 0 ? bytesRead : found;
      if (begunLength === 0 && end > from && !mayBegin(piece[from] ?? 0)) begun = undefined;
      if (begunLength + end - from > longestLine) begun = undefined;
      const start = position + from - begunLength;
      begunLength += end - from;
      if (found < 0) {
        // A copy: the piece is read into again.
        begun?.push(Buffer.from(piece.subarray(from, end)));
        break;
      }
      if (begun !== undefined && begunLength > 0) {
        const whole =
          begun.length === 0 ? piece.subarray(from, end) : Buffer.concat([...begun, piece.subarray(from, end)]);
        lines.push({ text: whole.toString(), start, length: begunLength });
      }
      begun = [];
      begunLength = 0;
      from = end + 1;
    }
    if (bytesRead === 0 && begun !== undefined && begunLength > 0) {
      lines.push({ text: Buffer.concat(begun).toString(), start: position - begunLength, length: begunLength });
    }
    if (lines.length > 0) yield lines;
    if (bytesRead === 0) return;
    position += bytesRead;
  }
}
