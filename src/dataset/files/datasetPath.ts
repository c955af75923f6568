import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../../base/errno';

/**
 * Whether a text can be the path of something that a scan finds below a dataset's folder: relative, with `/`, and
 * without a step back, a hidden folder, or what the system reads as something else than names. Paths from outside (a
 * window's page, a socket, a file of a job or of unsaved edits) count only when they are such; links are followed, as
 * the scan does.
 * @param platform whose names: Windows knows `\` and drives, for others these are characters like any
 */
export function isDatasetPath(relative: string, platform: NodeJS.Platform = process.platform): boolean {
  if (relative === '' || relative.includes('\0')) return false;
  // A name with a colon is a drive there, or a second stream of a file.
  if (platform === 'win32' && /[\\:]/.test(relative)) return false;
  const names = relative.split('/');
  const last = names.pop() ?? '';
  if (last === '' || last === '.' || last === '..') return false;
  return names.every((name) => name !== '' && !name.startsWith('.'));
}

/**
 * Whether a relative path stays below the folder that it is relative to, whatever system wrote it: for folders, which
 * may be hidden, and may be that folder itself.
 */
export function staysInside(relative: string): boolean {
  return !/^[/\\]|^[a-z]:|\0/i.test(relative) && !relative.split(/[/\\]/).includes('..');
}

/** The relative path of what lies in a folder, with `/`; undefined for what lies elsewhere. Links are not looked at. */
export function pathBelow(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, file);
  if (path.isAbsolute(relative) || relative === '..' || relative.startsWith(`..${path.sep}`)) return undefined;
  return withSlashes(relative);
}

/** The path of a file relative to a dataset's folder, as datasets have it; of a file elsewhere it begins with `..`. */
export function datasetPathOf(folder: string, file: string): string {
  return withSlashes(path.relative(folder, file));
}

/** The folder of a path in a dataset; empty for the dataset's own. */
export function folderOf(datasetPath: string): string {
  return datasetPath.slice(0, Math.max(0, datasetPath.lastIndexOf('/')));
}

function withSlashes(relative: string): string {
  return relative.split(path.sep).join('/');
}

/**
 * The absolute path of a folder that something outside named, once it is certain that it lies in another folder: not by
 * its name only, but where links really lead.
 * @param relative with `/`
 * @returns undefined for what lies elsewhere; what is not there leads nowhere
 * @throws errors of the file system
 */
export async function folderInside(folder: string, relative: string): Promise<string | undefined> {
  if (!staysInside(relative)) return undefined;
  const named = path.join(folder, relative);
  try {
    return pathBelow(await realpath(folder), await realpath(named)) === undefined ? undefined : named;
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return named;
    throw thrown;
  }
}
