import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './runCli';

/** The script for `node --require` that does the same in another process, for the folder in `DATASET_CAPTIONS_FOLD`. */
export const foldNamesScript = path.join(root, 'test/fixtures/foldNames.cjs');

/** Makes this process see a folder as on a disk that does not tell capitals and composition apart. @returns undoes it */
export function foldNamesIn(folder: string): () => void {
  const fold = createRequire(__filename)(foldNamesScript) as { foldNamesIn: (folder: string) => () => void };
  return fold.foldNamesIn(folder);
}
