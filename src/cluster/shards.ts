import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { staysInside } from '../dataset/files/datasetPath';
import { checkOf, count } from '../protocol/channel/checks';
import { ClusterError } from './ClusterError';
import type { ImageList } from './ImageList';

/**
 * What the queue hands to a worker: a range of lines of the job's list of images. It has no secret and no path of one
 * machine; all else is in the job's folder.
 */
export interface ShardData {
  version: 1;
  /** id of the job */
  job: string;
  /** the job's folder, below the folder that all machines share, with `/` */
  folder: string;
  /** {@link hashOf} the job's manifest */
  manifest: string;
  /** from 0 */
  shard: number;
  /** index of its first image in the list */
  first: number;
  /** how many images it has */
  count: number;
  /** where its lines begin and end in the file */
  bytes: [number, number];
  /** how often failed images of the job were given another try by then */
  generation: number;
}

/** The first 32 hexadecimal digits of the SHA-256 of some parts, each with its length so that no two lists look alike. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

/** What the ids of a job's shards begin with: the same job has the same wherever and whenever it is handed in. */
export function jobKey(folder: string, manifest: string, images: ImageList): string {
  return hashOf(folder, manifest, images.content);
}

/** The id of a shard in the queue: handing it in twice adds nothing. (No colon, and never digits only.) */
export function shardId(key: string, { shard, generation }: Pick<ShardData, 'shard' | 'generation'>): string {
  return `s${key}-${shard}${generation === 0 ? '' : `-${generation}`}`;
}

/** Which shard of a job an id names; undefined for an id of another job. */
export function shardOfId(key: string, id: string): number | undefined {
  if (!id.startsWith(`s${key}-`)) return undefined;
  const match = /^(\d+)(?:-\d+)?$/.exec(id.slice(key.length + 2));
  return match === null ? undefined : Number(match[1]);
}

/**
 * The shards of a job.
 * @param isOpen whether an image has no outcome yet; shards without such an image are left out
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

/** The lines of more images than a shard ever has, with paths as long as a system allows; they are read as one block. */
const mostBytes = 64 * 1024 * 1024;

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

/** Reads what the queue has: anybody who reaches it may have written that. @throws ClusterError CLUSTER_SHARD */
export function parseShardData(value: unknown): ShardData {
  if (shardData(value) && value.bytes[0] <= value.bytes[1] && value.bytes[1] - value.bytes[0] <= mostBytes)
    return value;
  throw new ClusterError('CLUSTER_SHARD', 'The queue has a shard that this version cannot read.');
}
