import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { CaptionError } from '../../dataset/files/CaptionError';
import { describeFolder, folderWarning, probeFolder } from '../../dataset/files/folderCapabilities';
import { errorMessage } from '../../protocol/channel/wireError';

/** What would stop each write of a job, wherever its captions are; without permission there may be other folders. */
const systemic: ReadonlySet<string> = new Set(['DISK_FULL', 'READ_ONLY', 'DISK_ERROR']);

/**
 * Looks at what the folder of a job's first caption can do, and says it in the log.
 * @param file the caption file, absolute
 * @returns what somebody should know who writes there, undefined for nothing
 * @throws CaptionError DISK_FULL, READ_ONLY, DISK_ERROR
 */
export async function checkCaptionFolder(file: string, onLog: (line: string) => void): Promise<string | undefined> {
  // A caption may be a link; what it leads to is what will be written.
  const folder = path.dirname(await realpath(file).catch(() => file));
  try {
    const capabilities = await probeFolder(folder);
    const warning = folderWarning(capabilities);
    onLog(describeFolder(folder, capabilities));
    if (warning !== undefined) onLog(warning);
    return warning;
  } catch (thrown) {
    if (thrown instanceof CaptionError && systemic.has(thrown.code)) throw thrown;
    onLog(`What can be done in ${folder} is not known: ${errorMessage(thrown)}`);
    return undefined;
  }
}
