import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { DownloadError } from './DownloadError';

/**
 * Runs something that writes to the disk; an error of the file system becomes one for the user.
 * @param path of the file that is to be written, for the error
 * @throws DownloadError DISK_FULL, NO_PERMISSION or NOT_WRITABLE; an AbortError as it is
 */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof DownloadError || (thrown instanceof Error && thrown.name === 'AbortError')) throw thrown;
    switch (errorCode(thrown)) {
      case 'ENOSPC':
      case 'EDQUOT':
        throw new DownloadError(
          'DISK_FULL',
          path,
          l10n.t('The disk is full. Free some space, then try again.'),
          thrown,
        );
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        throw new DownloadError(
          'NO_PERMISSION',
          path,
          l10n.t(
            'There is no permission to write here. Choose another folder for downloads, or change its permissions.',
          ),
          thrown,
        );
      default:
        throw new DownloadError(
          'NOT_WRITABLE',
          path,
          l10n.t('The file cannot be written: {0}.', errorMessage(thrown)),
          thrown,
        );
    }
  }
}
