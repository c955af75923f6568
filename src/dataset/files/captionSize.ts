import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { formatBytes, formatExactBytes } from '../../protocol/text/formatBytes';
import { CaptionError } from './CaptionError';

/**
 * The size of the largest caption file that is read or written, in bytes. Trainers use some hundred words of a caption;
 * a larger file beside an image is something else that has its name, such as the log beside a plot.
 */
export const maxCaptionSize = 1_000_000;

/**
 * @throws CaptionError CAPTION_TOO_LARGE for more bytes than {@link maxCaptionSize}: such a file is neither read nor
 *   written
 */
export function refuseTooLarge(file: string, size: number): void {
  if (size <= maxCaptionSize) return;
  const language = displayLanguage();
  // A few bytes above the limit, both would read "1 MB".
  const isNear = formatBytes(size, language) === formatBytes(maxCaptionSize, language);
  const shown = isNear ? formatExactBytes : formatBytes;
  const message = l10n.t(
    'Too large for a caption: {0}. Files up to {1} are read and written.',
    shown(size, language),
    shown(maxCaptionSize, language),
  );
  throw new CaptionError('CAPTION_TOO_LARGE', message, file);
}
