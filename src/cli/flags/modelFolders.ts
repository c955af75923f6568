import path from 'node:path';
import type { ModelFolders } from '../../protocol/tagging/modelListing';
import type { CommandInput } from '../shared/Command';
import { userDataFolder } from './userDataFolder';

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

/** Where models are kept unless the user names a folder. */
export function defaultModelsFolder(): string {
  return path.join(userDataFolder(), 'models');
}
