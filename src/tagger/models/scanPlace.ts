import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelSource } from '../../protocol/tagging/modelListing';
import { modelFileName, tagsFileName } from './catalogue';
import type { ModelPlace } from './modelPlaces';

/** The two files of a model, found somewhere. */
export interface Candidate {
  /** the model's name by its folder or file, without an owner */
  name: string;
  source: ModelSource;
  folder: string;
  model: string;
  tags: string;
  /** of the model, in bytes */
  size: number;
  /** in a hub cache, the commit that the files belong to */
  commit?: string;
}

/**
 * The maximum number of entries that are looked at: a folder of models has fewer, and one of pictures must not cost
 * more.
 */
const maximumEntries = 2000;
/** Git LFS pointers are shorter than this, in bytes. */
const pointerLimit = 1024;

/**
 * The models in a folder: itself, its sub-folders, `<name>.onnx` beside `<name>.csv`, and the repositories of a hub
 * cache. It looks one level deep, in a cache at its snapshots, and writes nothing. A folder that cannot be read has
 * none.
 */
export async function scanPlace(place: ModelPlace): Promise<Candidate[]> {
  const entries = await readdir(place.folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.slice(0, maximumEntries).map(async (entry): Promise<Candidate[]> => {
      const full = path.join(place.folder, entry.name);
      if (entry.name === modelFileName) return asModelFolder(place, place.folder, path.basename(place.folder));
      if (entry.name.endsWith('.onnx')) return asFilePair(place, full);
      if (!entry.isDirectory() && !entry.isSymbolicLink()) return [];
      const repository = /^models--.*--(.+)$/.exec(entry.name)?.[1];
      if (repository !== undefined) return snapshots(place, full, repository);
      return asModelFolder(place, full, entry.name);
    }),
  );
  return found.flat();
}

async function asModelFolder(place: ModelPlace, folder: string, name: string, commit?: string): Promise<Candidate[]> {
  const files = { model: path.join(folder, modelFileName), tags: path.join(folder, tagsFileName) };
  return candidate(place, files, folder, name, commit);
}

/** As ComfyUI's node keeps them. */
async function asFilePair(place: ModelPlace, model: string): Promise<Candidate[]> {
  const stem = model.slice(0, -'.onnx'.length);
  return candidate(place, { model, tags: `${stem}.csv` }, place.folder, path.basename(stem));
}

async function snapshots(place: ModelPlace, repository: string, name: string): Promise<Candidate[]> {
  const folder = path.join(repository, 'snapshots');
  const commits = await readdir(folder).catch(() => []);
  const found = commits.map((commit) => asModelFolder(place, path.join(folder, commit), name, commit));
  return (await Promise.all(found)).flat();
}

async function candidate(
  { source }: ModelPlace,
  { model, tags }: { model: string; tags: string },
  folder: string,
  name: string,
  commit?: string,
): Promise<Candidate[]> {
  const [size, tagsSize] = await Promise.all([realSize(model), realSize(tags)]);
  if (size === 0 || tagsSize === 0) return [];
  // sd-scripts puts the owner in front: `SmilingWolf_wd-vit-tagger-v3`.
  const bareName = name.replace(/^SmilingWolf_/i, '');
  return [{ name: bareName, source, folder, model, tags, size, ...(commit === undefined ? {} : { commit }) }];
}

/** The size of a file with content; 0 for what is missing, empty, no file, or a Git LFS pointer. */
async function realSize(file: string): Promise<number> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) return 0;
  return stats.size < pointerLimit && (await isPointer(file)) ? 0 : stats.size;
}

async function isPointer(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(32), 0, 32, 0);
      return buffer.toString('latin1', 0, bytesRead).startsWith('version https://git-lfs');
    } finally {
      await handle.close();
    }
  } catch {
    return true;
  }
}
