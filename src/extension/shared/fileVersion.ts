import { stat } from 'node:fs/promises';

/** The version of a file that does not exist. */
export const missingFile = 'missing';

/** A text that changes whenever the file does, made of its size and modification time. @param file absolute path */
export async function fileVersion(file: string): Promise<string> {
  try {
    const info = await stat(file, { bigint: true });
    return `${info.size}-${info.mtimeNs}`;
  } catch {
    return missingFile;
  }
}
