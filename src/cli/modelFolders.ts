import { homedir } from 'node:os';
import path from 'node:path';
import type { ModelFolders } from '../protocol/modelListing';
import type { CommandInput } from './Command';

/** The flags of every command that looks for models of the catalogue. */
export const modelFolderFlags = {
  'models-folder': { type: 'string' },
  'extra-folder': { type: 'string', multiple: true },
} as const;

export const modelFolderHelp = [
  `--models-folder DIR      where downloads go (default ${defaultModelsFolder()})`,
  '--extra-folder DIR       a model, a folder of models, or a program that has some; may be given several times',
];

/** Where models are looked for, by a command's flags. */
export function modelFolders({ text, texts }: Pick<CommandInput, 'text' | 'texts'>): ModelFolders {
  return {
    downloadFolder: path.resolve(text('models-folder') ?? defaultModelsFolder()),
    extraFolders: texts('extra-folder').map((folder) => path.resolve(folder)),
  };
}

/** The folder for a user's data by the platform's rules: XDG's on Linux. */
export function defaultModelsFolder(): string {
  return path.join(userData(), 'dataset-captions', 'models');
}

function userData(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return isSet(LOCALAPPDATA) ? LOCALAPPDATA : path.join(home, 'AppData', 'Local');
    case 'darwin':
      return path.join(home, 'Library', 'Application Support');
    default:
      // XDG's rule: a path that is not absolute does not count.
      return isSet(XDG_DATA_HOME) && path.isAbsolute(XDG_DATA_HOME)
        ? XDG_DATA_HOME
        : path.join(home, '.local', 'share');
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
