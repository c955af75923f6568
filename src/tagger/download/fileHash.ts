import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ExpectedHash } from './downloadRequest';

/** Bytes that are read at a time: larger pieces hash no faster. */
const pieceSize = 1024 * 1024;

/**
 * Feeds a file, or its first bytes, to a hash.
 * @param length how many bytes; the whole file where it is undefined
 * @throws the signal's reason; errors of the file system
 */
export async function hashFile(path: string, hash: Hash, length?: number, signal?: AbortSignal): Promise<void> {
  if (length === 0) return;
  const range = length === undefined ? {} : { end: length - 1 };
  const stream = createReadStream(path, { highWaterMark: pieceSize, ...range });
  for await (const piece of stream as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(piece);
  }
}

/**
 * The digest of a whole file, in the given algorithm and encoding.
 * @throws the signal's reason; errors of the file system
 */
export async function fileDigest(
  path: string,
  { algorithm, encoding }: Pick<ExpectedHash, 'algorithm' | 'encoding'>,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm);
  await hashFile(path, hash, undefined, signal);
  return hash.digest(encoding);
}
