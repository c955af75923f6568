import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { CaptionError } from '../../dataset/files/CaptionError';
import { describeFolder, folderWarning, probeFolder } from '../../dataset/files/folderCapabilities';
import { errorMessage } from '../../protocol/channel/wireError';
import { realPath } from '../../base/realPath';

/**
 * Errors that every write of the job would get. Missing permission is not among them: other folders may be writable.
 */
const systemic: ReadonlySet<string> = new Set(['DISK_FULL', 'READ_ONLY', 'DISK_ERROR']);

/**
 * Probes the folder of a job's first caption: whether it can be written, and which guarantees its file system gives.
 * Logs the result. If that caption is a symbolic link, an error says nothing of the others and is only logged.
 * @param file the caption file, absolute
 * @returns a warning for the user; undefined if everything is as it should be
 * @throws CaptionError DISK_FULL, READ_ONLY, DISK_ERROR
 */
export async function checkCaptionFolder(file: string, onLog: (line: string) => void): Promise<string | undefined> {
  // A caption file may be a link: its target is what will be written.
  const folder = path.dirname(await realPath(file).catch(() => file));
  const isLink = await lstat(file).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
  try {
    const capabilities = await probeFolder(folder);
    const warning = folderWarning(capabilities);
    onLog(describeFolder(folder, capabilities));
    if (warning !== undefined) onLog(warning);
    return warning;
  } catch (thrown) {
    if (!isLink && thrown instanceof CaptionError && systemic.has(thrown.code)) throw thrown;
    onLog(`What can be done in ${folder} is not known: ${errorMessage(thrown)}`);
    return undefined;
  }
}
