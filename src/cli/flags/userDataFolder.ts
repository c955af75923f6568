import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The program's folder for its data, where the platform wants it (on Linux, by the XDG specification). May not exist
 * yet.
 */
export function userDataFolder(): string {
  return path.join(dataHome(), 'dataset-captions');
}

function dataHome(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA === undefined || LOCALAPPDATA === '' ? path.join(home, 'AppData', 'Local') : LOCALAPPDATA;
    case 'darwin':
      return path.join(home, 'Library', 'Application Support');
    default:
      // The XDG specification says to ignore a path that is not absolute.
      return XDG_DATA_HOME !== undefined && path.isAbsolute(XDG_DATA_HOME)
        ? XDG_DATA_HOME
        : path.join(home, '.local', 'share');
  }
}
