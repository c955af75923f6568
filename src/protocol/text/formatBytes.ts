import * as l10n from '@vscode/l10n';
import { pluralForm } from './pluralForm';

const units = ['kB', 'MB', 'GB', 'TB'] as const;

/**
 * Formats a number of bytes for the user, the same way everywhere in the product: `812 bytes`, `254 kB`, `1.26 GB`.
 * Units are decimal (1 MB is 1,000,000 bytes), as model hubs and makers of disks use them; three significant digits,
 * without trailing zeros.
 * @param bytes 0 or more; fractions are rounded
 * @param language of the number, such as `de`; English by default, the language of the command line
 */
export function formatBytes(bytes: number, language = 'en'): string {
  if (bytes < 999.5) return formatExactBytes(Math.round(bytes), language);
  let value = bytes / 1000;
  let unit = 0;
  // 999.5 and more would be rounded to 1000: use the next unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const numbers = new Intl.NumberFormat(language, { maximumSignificantDigits: 3, useGrouping: false });
  return `${numbers.format(value)} ${units[unit] ?? ''}`;
}

/** Formats a number of bytes to the last one: `1,000,001 bytes`. */
export function formatExactBytes(bytes: number, language = 'en'): string {
  const form = pluralForm(l10n.t('{0} byte|{0} bytes'), bytes, new Intl.PluralRules(language));
  return form.replace('{0}', new Intl.NumberFormat(language).format(bytes));
}
