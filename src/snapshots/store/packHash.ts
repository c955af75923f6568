import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Begins the hash of a pack that is being written. */
export function newPackHash(): Hash {
  return createHash('sha256');
}

/** The hash of all bytes of a pack, which shows whether any of them has changed. */
export function packHashText(hash: Hash): string {
  return hash.digest('hex').slice(0, 32);
}

/** Reads a pack for its hash; undefined if it cannot be read. @param file absolute */
export async function packHashOf(file: string): Promise<string | undefined> {
  const hash = newPackHash();
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer);
    return packHashText(hash);
  } catch {
    return undefined;
  }
}
