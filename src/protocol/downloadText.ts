import type { DownloadProgress } from './modelListing';

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size for people, in powers of 1000 as disks and hubs count: `326 MB`, `1.26 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${String(Number(value.toFixed(digits)))} ${units[unit] ?? ''}`;
}

/** A duration for people: `40 s`, `3 min`, `1 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How far a download is, in one line: `120 MB of 326 MB, 12.3 MB/s, 17 s left`. */
export function describeDownload(progress: DownloadProgress): string {
  const { phase, receivedBytes, totalBytes, bytesPerSecond, retry } = progress;
  switch (phase) {
    case 'waiting':
      return 'Another window or program is downloading it…';
    case 'verifying':
      return 'Checking the files…';
    case 'unpacking':
      return 'Unpacking…';
    case 'downloading': {
      if (retry !== undefined) return `Trying again: ${retry}`;
      const parts = [
        totalBytes > 0 ? `${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}` : formatBytes(receivedBytes),
      ];
      if (bytesPerSecond > 0) {
        parts.push(`${formatBytes(bytesPerSecond)}/s`);
        if (totalBytes > receivedBytes)
          parts.push(`${formatSeconds((totalBytes - receivedBytes) / bytesPerSecond)} left`);
      }
      return parts.join(', ');
    }
  }
}
