import { closeSync, openSync, readSync } from 'node:fs';
import { LruMap } from '../../base/LruMap';

/** How many bytes are read at once: entries of the same time are neighbours. */
const blockSize = 64 * 1024;
/** So many blocks are kept. */
const keptBlocks = 64;
/** Maximum number of blocks of a line; a longer one is not from our writer. */
const longestLine = 2048;

const lineEnd = 10;

/** Reads single lines of files, each known by its position. Neighbouring lines share a read. */
export class RecordLines {
  private readonly blocks = new LruMap<string, Buffer>(keptBlocks);
  private latest: { key: string; block: Buffer } | undefined;

  /** @returns the line that begins there, without its end. @throws errors of the disk; `ENOENT` if the file is gone */
  lineAt(file: string, offset: number): string {
    let number = Math.floor(offset / blockSize);
    let from = offset % blockSize;
    const pieces: Buffer[] = [];
    for (let count = 0; count < longestLine; count++) {
      const block = this.block(file, number);
      const end = block.indexOf(lineEnd, from);
      if (end >= 0 && pieces.length === 0) return block.toString('utf8', from, end);
      pieces.push(block.subarray(from, end < 0 ? block.length : end));
      if (end >= 0 || block.length < blockSize) break;
      number++;
      from = 0;
    }
    return Buffer.concat(pieces).toString();
  }

  /** Forgets what was read: files have changed. */
  clear(): void {
    this.blocks.clear();
    this.latest = undefined;
  }

  private block(file: string, number: number): Buffer {
    const key = `${number}:${file}`;
    if (this.latest?.key === key) return this.latest.block;
    const block = this.blocks.get(key) ?? readBlock(file, number * blockSize);
    this.blocks.set(key, block);
    this.latest = { key, block };
    return block;
  }
}

function readBlock(file: string, position: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const block = Buffer.allocUnsafeSlow(blockSize);
    let length = 0;
    while (length < blockSize) {
      const read = readSync(descriptor, block, length, blockSize - length, position + length);
      if (read === 0) break;
      length += read;
    }
    return block.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
