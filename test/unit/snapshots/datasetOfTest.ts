import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSnapshot } from '../../../src/snapshots/CaptionStates';
import { isContent } from '../../../src/snapshots/store/captionKey';
import type { Snapshot, SnapshotCause } from '../../../src/snapshots/store/snapshotTypes';
import { takeSnapshot, type NewSnapshot } from '../../../src/snapshots/takeSnapshot';
import { writeFiles, type TestFiles } from '../shared/testFolder';

/** Writes captions, each with an image of its name; null for an image without a caption. */
export async function writeCaptions(
  folder: string,
  captions: Record<string, string | Uint8Array | null>,
): Promise<void> {
  const files: TestFiles = {};
  for (const [name, content] of Object.entries(captions)) {
    files[`${name}.png`] = '';
    if (content !== null) files[`${name}.txt`] = content;
  }
  await writeFiles(folder, files);
}

/** Makes a snapshot of a folder. */
export function snapshotOf(
  folder: string,
  options: Partial<NewSnapshot> & { cause?: SnapshotCause } = {},
): Promise<Snapshot> {
  const limits = { days: 30, megabytes: 500 };
  return takeSnapshot({ root: folder, folder, captionExtension: '.txt', cause: 'hand', limits, ...options });
}

/** What a snapshot has, by image: the content of the caption, or null for none. */
export async function contentsOf(
  root: string,
  snapshot: Snapshot,
  folder = root,
): Promise<Record<string, Buffer | null>> {
  const states = await openSnapshot(root, snapshot, folder);
  const contents: Record<string, Buffer | null> = {};
  for (const [image, key] of states.keys) {
    contents[image] = isContent(key) ? Buffer.from(await states.read(key)) : null;
  }
  return contents;
}

/** {@link contentsOf} as text. */
export async function textsOf(root: string, snapshot: Snapshot, folder = root): Promise<Record<string, string | null>> {
  const contents = Object.entries(await contentsOf(root, snapshot, folder));
  return Object.fromEntries(contents.map(([image, content]) => [image, content?.toString() ?? null]));
}

/** Cuts a file off. */
export async function cutFile(file: string, length: number): Promise<void> {
  await writeFile(file, (await readFile(file)).subarray(0, length));
}

/** The caption of an image of {@link writeCaptions}. */
export function captionFile(folder: string, name: string): string {
  return path.join(folder, `${name}.txt`);
}
