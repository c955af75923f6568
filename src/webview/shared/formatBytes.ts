import * as l10n from '@vscode/l10n';
import { displayLanguage, plural } from './displayLanguage';

const units = ['kB', 'MB', 'GB'] as const;
const numbers = [0, 1].map(
  (digits) =>
    new Intl.NumberFormat(displayLanguage, {
      useGrouping: false,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
) as [Intl.NumberFormat, Intl.NumberFormat];

/** The size of a file in words, in powers of 1000: `812 bytes`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return plural(l10n.t('{0} byte|{0} bytes'), bytes);
  let value = bytes;
  let unit = -1;
  do {
    value /= 1000;
    unit++;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${numbers[value < 10 ? 1 : 0].format(value)} ${units[unit] ?? ''}`;
}
