import path from 'node:path';
import { errno } from '../../base/errno';
import { realPath } from '../../base/realPath';

/**
 * Whether a text can be the path of something that a scan finds in a dataset's folder: relative, with `/`, without
 * `..`, hidden folders, and characters that the system does not read as part of a name. Paths from outside (the page of
 * a window, a socket, a file of a job or of unsaved edits) must be checked with this before they are used. Links are
 * followed, as in the scan.
 * @param platform whose rules apply: on Windows `\` and `:` are special, elsewhere they are characters like any other
 */
export function isDatasetPath(relative: string, platform: NodeJS.Platform = process.platform): boolean {
  if (relative === '' || relative.includes('\0')) return false;
  // On Windows a colon marks a drive, or an alternate data stream of a file.
  if (platform === 'win32' && /[\\:]/.test(relative)) return false;
  const names = relative.split('/');
  const last = names.pop() ?? '';
  if (last === '' || last === '.' || last === '..') return false;
  return names.every((name) => name !== '' && !name.startsWith('.'));
}

/**
 * Whether a relative path stays inside the folder that it is relative to, on whichever system it was written. It is for
 * paths of folders: they may be hidden, and may be that folder itself.
 */
export function staysInside(relative: string): boolean {
  return !/^[/\\]|^[a-z]:|\0/i.test(relative) && !relative.split(/[/\\]/).includes('..');
}

/**
 * The path of a file relative to a folder, with `/`; undefined if the file is outside the folder. Links are not
 * resolved.
 */
export function pathBelow(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, file);
  if (path.isAbsolute(relative) || relative === '..' || relative.startsWith(`..${path.sep}`)) return undefined;
  return withSlashes(relative);
}

/** The path of a file relative to a dataset's folder, with `/`; for a file outside the folder it begins with `..`. */
export function datasetPathOf(folder: string, file: string): string {
  return withSlashes(path.relative(folder, file));
}

/** The folder of a path in a dataset; empty for the dataset's own folder. */
export function folderOf(datasetPath: string): string {
  return datasetPath.slice(0, Math.max(0, datasetPath.lastIndexOf('/')));
}

function withSlashes(relative: string): string {
  return relative.split(path.sep).join('/');
}

/**
 * Validates the path of a folder that came from outside, and makes it absolute: it must lie inside another folder, not
 * only by its name but also once links are resolved.
 * @param relative with `/`
 * @returns undefined if it lies elsewhere; a path that does not exist has no links to resolve and is accepted
 * @throws errors of the file system
 */
export async function folderInside(folder: string, relative: string): Promise<string | undefined> {
  if (!staysInside(relative)) return undefined;
  const named = path.join(folder, relative);
  try {
    return pathBelow(await realPath(folder), await realPath(named)) === undefined ? undefined : named;
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return named;
    throw thrown;
  }
}
