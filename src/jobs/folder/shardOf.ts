import { createHash } from 'node:crypto';

/** One of several parts of a dataset of about the same size, for machines that do not communicate. */
export interface Shard {
  /** from 0 to `count - 1` */
  index: number;
  count: number;
}

/** A higher number of parts is a typing error. */
const maxShards = 100_000;

/** Reads `3/7`: the fourth of seven parts. Undefined for anything else, such as `7/7`. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
  if (match === null) return undefined;
  const [index, count] = [Number(match[1]), Number(match[2])];
  return index < count && count <= maxShards ? { index, count } : undefined;
}

/**
 * The part that an image belongs to. It depends on nothing but the path of its caption file: it is stable when images
 * are added or deleted, and images that share a caption file are in the same part.
 * @param captionPath of the caption file, relative to the dataset, with `/`
 * @param count number of parts, at least 1
 * @returns from 0 to `count - 1`
 */
export function shardOf(captionPath: string, count: number): number {
  // The normal form of the same name differs between file systems.
  const digest = createHash('sha256').update(captionPath.normalize('NFC')).digest();
  // 48 bits fit into an exact number, and are far more than there are parts.
  return digest.readUIntBE(0, 6) % count;
}

/** Whether an image belongs to a part, by the path of its caption file. Without a shard every image does. */
export function isInShard(captionPath: string, shard: Shard | undefined): boolean {
  return shard === undefined || shardOf(captionPath, shard.count) === shard.index;
}
