import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { stampLength } from '../../dataset/scan/scanMessages';
import { keyLength, keyOfText, keyText, type CaptionKey } from './captionKey';
import type { ImageList } from './imageLists';
import { writeNewFile } from './newFile';

/** What the last snapshot of a folder found, so that the next one reads only what has changed since. */
export interface KnownCaptions extends ImageList {
  /** `stampLength` numbers for each image: of the file of its caption */
  stamps: Float64Array;
  /** the lists of that snapshot */
  lists: readonly CaptionKey[];
  /** the packs that have all of its contents, each with the hash of its bytes */
  packs: ReadonlyMap<string, string>;
}

interface Head {
  version: 2;
  lists: string[];
  packs: [name: string, hash: string][];
  count: number;
  pathsLength: number;
}

/**
 * The file ends with a hash of all bytes before it: several processes replace it, and a damaged one must not be used.
 */
const sumLength = 16;

/**
 * Reads what is known of a folder; undefined if nothing is, or it cannot be read: then all captions are read.
 * @param folder of the snapshots
 * @param subject the folder of the captions and their extension
 */
export async function readKnown(folder: string, subject: string): Promise<KnownCaptions | undefined> {
  try {
    return parsed(await readFile(knownFile(folder, subject)));
  } catch {
    return undefined;
  }
}

/** @throws errors of the disk */
export async function writeKnown(folder: string, subject: string, known: KnownCaptions): Promise<void> {
  const paths = Buffer.from(known.images.join('\0'));
  const head: Head = {
    version: 2,
    lists: known.lists.map(keyText),
    packs: [...known.packs],
    count: known.images.length,
    pathsLength: paths.length,
  };
  const { stamps } = known;
  const content = Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    paths,
    Buffer.from(known.keys.join(''), 'latin1'),
    Buffer.from(stamps.buffer, stamps.byteOffset, stamps.byteLength),
  ]);
  await writeNewFile(knownFile(folder, subject), Buffer.concat([content, Buffer.from(sumOf(content))]));
}

function parsed(bytes: Buffer): KnownCaptions | undefined {
  const headEnd = bytes.indexOf('\n');
  const head = JSON.parse(bytes.toString('utf8', 0, headEnd)) as Partial<Head>;
  const { version, lists, packs, count, pathsLength } = head;
  if (version !== 2 || lists === undefined || packs === undefined) return undefined;
  if (count === undefined || pathsLength === undefined) return undefined;
  const keysStart = headEnd + 1 + pathsLength;
  const stampsStart = keysStart + count * keyLength;
  const end = stampsStart + count * stampLength * Float64Array.BYTES_PER_ELEMENT;
  if (bytes.length !== end + sumLength || bytes.toString('utf8', end) !== sumOf(bytes.subarray(0, end)))
    return undefined;
  const images = count === 0 ? [] : bytes.toString('utf8', headEnd + 1, keysStart).split('\0');
  if (images.length !== count) return undefined;
  const keys = bytes.toString('latin1', keysStart, stampsStart);
  // Typed arrays need an aligned offset.
  const stamps = new Float64Array(bytes.buffer.slice(bytes.byteOffset + stampsStart, bytes.byteOffset + end));
  return {
    images,
    keys: images.map((_, index) => keys.slice(index * keyLength, (index + 1) * keyLength)),
    stamps,
    lists: lists.flatMap((text) => keyOfText(text) ?? []),
    packs: new Map(packs),
  };
}

function sumOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, sumLength);
}

function knownFile(folder: string, subject: string): string {
  return path.join(folder, `${createHash('sha256').update(subject).digest('hex').slice(0, 16)}.known`);
}
