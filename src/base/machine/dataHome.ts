import path from 'node:path';
import { homeFolder } from './homeFolder';

/** Where programs keep data of this user, and the environment variable that names it. */
export interface DataHome {
  /** absolute; it may not exist yet. Undefined where the environment names none and there is no home folder */
  folder: string | undefined;
  variable: string;
}

/** The folder for data of this user's programs, where the platform wants it (on Linux by the XDG specification). */
export function dataHome(): DataHome {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  const inHome = (variable: string, ...names: string[]): DataHome => {
    const home = homeFolder();
    return { folder: home === undefined ? undefined : path.join(home, ...names), variable };
  };
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA === undefined || LOCALAPPDATA === ''
        ? inHome('LOCALAPPDATA', 'AppData', 'Local')
        : { folder: LOCALAPPDATA, variable: 'LOCALAPPDATA' };
    case 'darwin':
      return inHome('HOME', 'Library', 'Application Support');
    default:
      // The XDG specification says to ignore a path that is not absolute.
      return XDG_DATA_HOME !== undefined && path.isAbsolute(XDG_DATA_HOME)
        ? { folder: XDG_DATA_HOME, variable: 'XDG_DATA_HOME' }
        : inHome('XDG_DATA_HOME', '.local', 'share');
  }
}
