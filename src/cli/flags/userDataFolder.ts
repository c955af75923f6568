import { homedir } from 'node:os';
import path from 'node:path';

/** The program's folder for what it downloads, by the platform's rules: XDG's on Linux. It may not be there yet. */
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
      // XDG's rule: a path that is not absolute does not count.
      return XDG_DATA_HOME !== undefined && path.isAbsolute(XDG_DATA_HOME)
        ? XDG_DATA_HOME
        : path.join(home, '.local', 'share');
  }
}
