import os from 'node:os';

/** What of the machine the search for CUDA looks at. */
export interface Machine {
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
  environment: NodeJS.ProcessEnv;
  /** the user's home folder */
  home: string;
  /** what absolute paths of the system are below: `/` but in tests */
  systemRoot: string;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    environment: process.env,
    home: os.homedir(),
    systemRoot: '/',
  };
}
