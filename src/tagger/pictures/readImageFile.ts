import { constants } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { formatBytes } from '../../protocol/text/formatBytes';
import { ImageError } from './ImageError';

/**
 * The maximum size of an image file in bytes. Larger ones are no images to train with, and would not fit into memory
 * twice.
 */
const maximumFileSize = 1024 * 1024 * 1024;

/**
 * Reads an image file as a whole: a file that another program cuts short while it is decoded then cannot crash the
 * decoder, which would otherwise map it into memory.
 * @throws ImageError for everything that is not a readable regular file with something in it
 */
export async function readImageFile(path: string): Promise<Buffer> {
  try {
    checkFile(path, await stat(path));
    // Non-blocking (no such flag on Windows): if the path has become a FIFO meanwhile, open() would wait for its
    // writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      checkFile(path, await file.stat());
      const bytes = await file.readFile();
      if (bytes.length === 0) throw new ImageError('IMAGE_EMPTY', path, l10n.t('The file is empty (0 bytes).'));
      return bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof ImageError ? error : await fileError(path, error);
  }
}

function checkFile(path: string, stats: Stats): void {
  if (stats.isDirectory()) throw new ImageError('IMAGE_IS_FOLDER', path, l10n.t('This is a folder, not an image.'));
  if (!stats.isFile()) {
    throw new ImageError('IMAGE_UNREADABLE', path, l10n.t('This is not a regular file (a pipe, socket or device).'));
  }
  if (stats.size === 0) throw new ImageError('IMAGE_EMPTY', path, l10n.t('The file is empty (0 bytes).'));
  if (stats.size > maximumFileSize) {
    const size = formatBytes(stats.size, displayLanguage());
    const limit = formatBytes(maximumFileSize, displayLanguage());
    const message = l10n.t('The file has {0}; files up to {1} are read.', size, limit);
    throw new ImageError('IMAGE_TOO_LARGE', path, message);
  }
}

async function fileError(path: string, error: unknown): Promise<ImageError> {
  switch (errorCode(error)) {
    case 'ENOENT': {
      const isLink = await lstat(path).then(
        (stats) => stats.isSymbolicLink(),
        () => false,
      );
      const message = isLink
        ? l10n.t('The link points to a file that does not exist.')
        : l10n.t('The file does not exist.');
      return new ImageError('IMAGE_MISSING', path, message, error);
    }
    case 'ENOTDIR':
      return new ImageError('IMAGE_MISSING', path, l10n.t('The file does not exist.'), error);
    case 'ELOOP':
      return new ImageError('IMAGE_UNREADABLE', path, l10n.t('The link leads back to itself.'), error);
    case 'EACCES':
    case 'EPERM':
      return new ImageError('IMAGE_NO_PERMISSION', path, l10n.t('There is no permission to read this file.'), error);
    default:
      return new ImageError(
        'IMAGE_UNREADABLE',
        path,
        l10n.t('The file cannot be read: {0}', errorMessage(error)),
        error,
      );
  }
}
