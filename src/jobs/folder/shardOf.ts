import { createHash } from 'node:crypto';

/** One of several equal parts of a dataset, for machines that know nothing of each other. */
export interface Shard {
  /** from 0 to `count - 1` */
  index: number;
  count: number;
}

/** More parts than this are a slip of the keyboard. */
const mostShards = 100_000;

/** Reads `3/7`: the fourth of seven parts. Undefined for anything else, such as `7/7`. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
  if (match === null) return undefined;
  const [index, count] = [Number(match[1]), Number(match[2])];
  return index < count && count <= mostShards ? { index, count } : undefined;
}

/**
 * Which part an image belongs to. It depends on nothing but the path of its caption file, so that it stays the same
 * whatever images come or go, and images that share a caption file stay together.
 * @param captionPath of the caption file, relative to the dataset, with `/`
 * @param count of parts, from 1 up
 * @returns from 0 to `count - 1`
 */
export function shardOf(captionPath: string, count: number): number {
  // Some file systems hand out the same name in another normal form.
  const digest = createHash('sha256').update(captionPath.normalize('NFC')).digest();
  // 48 bits are an exact number, and many more than there are parts.
  return digest.readUIntBE(0, 6) % count;
}

/** Whether an image belongs to a part, by the path of its caption file; to no part means to all. */
export function isInShard(captionPath: string, shard: Shard | undefined): boolean {
  return shard === undefined || shardOf(captionPath, shard.count) === shard.index;
}
