import path from 'node:path';
import type { ModelFolders } from '../../protocol/tagging/modelListing';
import type { CommandInput } from '../shared/Command';
import { userDataFolder } from './userDataFolder';

/** The flags of all commands that look for models. */
export const modelFolderFlags = {
  'models-folder': { type: 'string' },
  'extra-folder': { type: 'string', multiple: true },
} as const;

export const modelFolderHelp = [
  `--models-folder DIR      where downloads go (default ${shownDefault()})`,
  '--extra-folder DIR       a model, a folder of models, or a program that has some; may be given several times',
];

/** The folders in which models are searched, from the flags. */
export function modelFolders({ text, texts }: Pick<CommandInput, 'text' | 'texts'>): ModelFolders {
  return {
    downloadFolder: path.resolve(text('models-folder') ?? defaultModelsFolder()),
    extraFolders: texts('extra-folder').map((folder) => path.resolve(folder)),
  };
}

function shownDefault(): string {
  try {
    return defaultModelsFolder();
  } catch {
    // Without a home folder there is none; the help must be shown all the same.
    return 'none: there is no home folder';
  }
}

/** Where models are downloaded unless the user names a folder. */
export function defaultModelsFolder(): string {
  return path.join(userDataFolder(), 'models');
}
