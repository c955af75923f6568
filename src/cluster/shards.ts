import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { staysInside } from '../dataset/files/datasetPath';
import { checkOf, count } from '../protocol/channel/checks';
import { ClusterError } from './ClusterError';
import type { ImageList } from './ImageList';

/**
 * A shard, as the queue hands it to a worker: a range of lines of the job's list of images. It contains no secrets and
 * no paths that only hold on one machine; everything else is in the job's folder.
 */
export interface ShardData {
  version: 1;
  /** id of the job */
  job: string;
  /** the job's folder, relative to the shared folder, with `/` */
  folder: string;
  /** {@link hashOf} the bytes of the job's manifest */
  manifest: string;
  /** number of the shard in the job, from 0 */
  shard: number;
  /** index of its first image in the job's list */
  first: number;
  /** number of images */
  count: number;
  /** offsets in the list's file where its lines begin and end */
  bytes: [number, number];
  /** how often failed images of the job had been retried when it was submitted */
  generation: number;
}

/**
 * The first 32 hexadecimal digits of the SHA-256 of the parts. Each part's length is hashed, too: `ab`, `c` is not `a`,
 * `bc`.
 */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

/**
 * The prefix of the ids of a job's shards. It depends only on the job, so that submitting the job again gives the same
 * ids.
 */
export function jobKey(folder: string, manifest: string, images: ImageList): string {
  return hashOf(folder, manifest, images.content);
}

/**
 * The id of a shard in the queue, which makes submitting it idempotent. BullMQ allows neither a colon in an id nor one
 * of digits only.
 */
export function shardId(key: string, { shard, generation }: Pick<ShardData, 'shard' | 'generation'>): string {
  return `s${key}-${shard}${generation === 0 ? '' : `-${generation}`}`;
}

/** The number of the shard that an id names; undefined for an id of another job. */
export function shardOfId(key: string, id: string): number | undefined {
  if (!id.startsWith(`s${key}-`)) return undefined;
  const match = /^(\d+)(?:-\d+)?$/.exec(id.slice(key.length + 2));
  return match === null ? undefined : Number(match[1]);
}

/**
 * Divides a job into shards, and leaves out those that are done.
 * @param shardSize number of images per shard
 * @param isOpen whether an image has no outcome yet; a shard without such an image is done
 */
export function planShards(
  job: Pick<ShardData, 'job' | 'folder' | 'manifest' | 'generation'>,
  images: ImageList,
  shardSize: number,
  isOpen: (index: number) => boolean,
): ShardData[] {
  const shards: ShardData[] = [];
  for (let first = 0; first < images.length; first += shardSize) {
    const end = Math.min(first + shardSize, images.length);
    let open = first;
    while (open < end && !isOpen(open)) open++;
    if (open === end) continue;
    const bytes: [number, number] = [images.offset(first), images.offset(end)];
    shards.push({ version: 1, ...job, shard: first / shardSize, first, count: end - first, bytes });
  }
  return shards;
}

/**
 * Maximum size of a shard's lines, which are read as one block, in bytes. More than the largest shard can have with the
 * longest paths that a file system allows.
 */
const maxBytes = 64 * 1024 * 1024;

const shardData = checkOf<ShardData>()(
  v.object({
    version: v.literal(1),
    job: v.string(),
    folder: v.pipe(v.string(), v.check(staysInside)),
    manifest: v.string(),
    shard: count,
    first: count,
    count,
    bytes: v.tuple([count, count]),
    generation: count,
  }),
);

/**
 * Checks a shard from the queue: everybody who can connect to it may have written that.
 * @throws ClusterError CLUSTER_SHARD
 */
export function parseShardData(value: unknown): ShardData {
  if (shardData(value) && value.bytes[0] <= value.bytes[1] && value.bytes[1] - value.bytes[0] <= maxBytes) return value;
  throw new ClusterError('CLUSTER_SHARD', 'The queue has a shard that this version cannot read.');
}
