import { homeFolder } from '../../base/machine/homeFolder';

/** The parts of a machine that the search for CUDA reads; tests make up their own. */
export interface Machine {
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
  environment: NodeJS.ProcessEnv;
  /** the user's home folder */
  home: string;
  /** the folder that absolute paths of the system are relative to: `/`, except in tests */
  systemRoot: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    environment: process.env,
    home: homeFolder() ?? '/',
    systemRoot: '/',
  };
}
