import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../../base/errno';
import { readCaptioners } from '../../protocol/captioning/readCaptioners';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { userDataFolder } from '../flags/userDataFolder';

/** The environment variable that names the file with captioners. */
export const captionersVariable = 'DATASET_CAPTIONS_CAPTIONERS';
/** The setting that has them in VS Code. */
const settingName = 'datasetCaptions.captioners';

/** The captioners of the user, and where they were read. */
export interface UsersCaptioners {
  profiles: readonly CaptionerProfile[];
  /** absolute */
  file: string;
}

/**
 * Reads the captioners of the user from a JSON file: that of `--captioners`, that of the environment, or
 * `captioners.json` with the program's data, which may be missing. It holds the array of VS Code's setting
 * `datasetCaptions.captioners`, or an object with that setting. What is wrong with one of them is said, and the others
 * stand.
 * @throws UsageError if the file cannot be read
 */
export async function usersCaptioners(input: CommandInput): Promise<UsersCaptioners> {
  const named = input.text('captioners') ?? process.env[captionersVariable];
  const given = named === undefined || named === '' ? undefined : path.resolve(named);
  const file = given ?? path.join(userDataFolder(), 'captioners.json');
  let value: unknown;
  try {
    value = JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (thrown) {
    if (given === undefined && errno(thrown) === 'ENOENT') return { profiles: [], file };
    throw new UsageError(`The captioners in ${file} cannot be read: ${errorMessage(thrown)}`);
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const list = isObject ? (value as Record<string, unknown>)[settingName] : value;
  const { profiles, problems } = readCaptioners(list ?? []);
  for (const problem of problems) input.output.note(`${file}: ${problem}`);
  return { profiles, file };
}
