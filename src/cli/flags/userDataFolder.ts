import path from 'node:path';
import { dataHome } from '../../base/machine/dataHome';
import { UsageError } from '../shared/UsageError';

/**
 * The program's folder for its data. May not exist yet.
 * @throws UsageError where the environment names none and there is no home folder
 */
export function userDataFolder(): string {
  const { folder, variable } = dataHome();
  if (folder !== undefined) return path.join(folder, 'dataset-captions');
  throw new UsageError(
    `This user has no home folder: set ${variable} to a folder in which the program keeps its data.`,
  );
}
