import path from 'node:path';
import { homeFolder } from '../../base/machine/homeFolder';
import { UsageError } from '../shared/UsageError';

/**
 * The program's folder for its data, where the platform wants it (on Linux, by the XDG specification). May not exist
 * yet.
 * @throws UsageError where the environment names none and there is no home folder
 */
export function userDataFolder(): string {
  return path.join(dataHome(), 'dataset-captions');
}

function dataHome(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA === undefined || LOCALAPPDATA === ''
        ? path.join(homeFor('LOCALAPPDATA'), 'AppData', 'Local')
        : LOCALAPPDATA;
    case 'darwin':
      return path.join(homeFor('HOME'), 'Library', 'Application Support');
    default:
      // The XDG specification says to ignore a path that is not absolute.
      return XDG_DATA_HOME !== undefined && path.isAbsolute(XDG_DATA_HOME)
        ? XDG_DATA_HOME
        : path.join(homeFor('XDG_DATA_HOME'), '.local', 'share');
  }
}

/** @param variable the environment variable that does without one */
function homeFor(variable: string): string {
  const home = homeFolder();
  if (home !== undefined) return home;
  throw new UsageError(
    `This user has no home folder: set ${variable} to a folder in which the program keeps its data.`,
  );
}
