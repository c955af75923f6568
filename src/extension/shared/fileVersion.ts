import { stat } from 'node:fs/promises';

/** The version of a file that is not there. */
export const missingFile = 'missing';

/** What changes whenever a file does: its size and modification time. */
export async function fileVersion(file: string): Promise<string> {
  try {
    const info = await stat(file, { bigint: true });
    return `${info.size}-${info.mtimeNs}`;
  } catch {
    return missingFile;
  }
}
