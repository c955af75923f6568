import { createHash, randomBytes } from 'node:crypto';
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
  /** the packs that have all of its contents */
  packs: readonly string[];
}

interface Head {
  version: 1;
  nonce: string;
  lists: string[];
  packs: string[];
  count: number;
  pathsLength: number;
}

/** The file is written anew by many processes; one that was mixed up or cut off has two different ends. */
const nonceLength = 16;

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
  const nonce = randomBytes(nonceLength / 2).toString('hex');
  const head: Head = {
    version: 1,
    nonce,
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
    Buffer.from(nonce),
  ]);
  await writeNewFile(knownFile(folder, subject), content);
}

function parsed(bytes: Buffer): KnownCaptions | undefined {
  const headEnd = bytes.indexOf('\n');
  const head = JSON.parse(bytes.toString('utf8', 0, headEnd)) as Partial<Head>;
  const { version, nonce, lists, packs, count, pathsLength } = head;
  if (version !== 1 || nonce === undefined || lists === undefined || packs === undefined) return undefined;
  if (count === undefined || pathsLength === undefined) return undefined;
  const keysStart = headEnd + 1 + pathsLength;
  const stampsStart = keysStart + count * keyLength;
  const end = stampsStart + count * stampLength * Float64Array.BYTES_PER_ELEMENT;
  if (bytes.length !== end + nonceLength || bytes.toString('utf8', end) !== nonce) return undefined;
  const images = count === 0 ? [] : bytes.toString('utf8', headEnd + 1, keysStart).split('\0');
  if (images.length !== count) return undefined;
  const keys = bytes.toString('latin1', keysStart, stampsStart);
  // The numbers have to lie at a multiple of their size.
  const stamps = new Float64Array(bytes.buffer.slice(bytes.byteOffset + stampsStart, bytes.byteOffset + end));
  return {
    images,
    keys: images.map((_, index) => keys.slice(index * keyLength, (index + 1) * keyLength)),
    stamps,
    lists: lists.flatMap((text) => keyOfText(text) ?? []),
    packs,
  };
}

function knownFile(folder: string, subject: string): string {
  return path.join(folder, `${createHash('sha256').update(subject).digest('hex').slice(0, 16)}.known`);
}
