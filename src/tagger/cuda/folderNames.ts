import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** The names in a folder, sorted; empty where it is missing, unreadable or no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

/**
 * The folders that a path with `*` in some of its names stands for; `*` stands for any part of one name.
 * @param pattern an absolute path; a part without `*` is not checked
 * @param limit the maximum number of folders
 */
export async function expandFolders(pattern: string, limit = 100): Promise<string[]> {
  const { root } = path.parse(pattern);
  let folders = [root];
  for (const part of pattern.slice(root.length).split(path.sep)) {
    if (!part.includes('*')) {
      folders = folders.map((folder) => path.join(folder, part));
      continue;
    }
    const [before = '', after = ''] = part.split('*');
    const matching = await Promise.all(
      folders.map(async (folder) =>
        (await namesIn(folder))
          .filter((name) => name.startsWith(before) && name.endsWith(after) && name.length >= part.length - 1)
          .map((name) => path.join(folder, name)),
      ),
    );
    folders = matching.flat().slice(0, limit);
  }
  return folders;
}
