import * as l10n from '@vscode/l10n';
import type { DownloadProgress } from '../tagging/modelListing';
import { formatBytes } from './formatBytes';

/** A duration as text for the user: `40 s`, `3 min`, `1 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 99.5) return l10n.t('{0} s', Math.max(1, Math.round(seconds)));
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? l10n.t('{0} min', minutes) : l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/**
 * The progress of a download in one line: `120 MB of 326 MB, 12.3 MB/s, 17 s left`.
 * @param language of the numbers, see {@link formatBytes}
 */
export function describeDownload(progress: DownloadProgress, language?: string): string {
  const { phase, receivedBytes, totalBytes, bytesPerSecond, retry } = progress;
  switch (phase) {
    case 'waiting':
      return l10n.t('Another window or program is downloading it…');
    case 'verifying':
      return l10n.t('Checking the files…');
    case 'unpacking':
      return l10n.t('Unpacking…');
    case 'downloading': {
      if (retry !== undefined) return l10n.t('Trying again: {0}', retry);
      const parts = [
        totalBytes > 0
          ? l10n.t('{0} of {1}', formatBytes(receivedBytes, language), formatBytes(totalBytes, language))
          : formatBytes(receivedBytes, language),
      ];
      if (bytesPerSecond > 0) {
        parts.push(`${formatBytes(bytesPerSecond, language)}/s`);
        if (totalBytes > receivedBytes)
          parts.push(l10n.t('{0} left', formatSeconds((totalBytes - receivedBytes) / bytesPerSecond)));
      }
      return parts.join(', ');
    }
  }
}
