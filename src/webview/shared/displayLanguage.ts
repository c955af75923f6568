import * as l10n from '@vscode/l10n';
import type { TemplateResult } from 'lit';
import { pluralForm as pluralFormBy } from '../../protocol/text/pluralForm';

/** The part of the document that is used; unit tests have none. */
interface Page {
  documentElement: { lang: string };
  getElementById(id: string): { textContent: string | null } | null;
}
const { document: page } = globalThis as { document?: Page };

/** The language of the page, the same as VS Code's. */
export const displayLanguage = validLanguage(page?.documentElement.lang ?? '');

// Must run when this module is loaded, because other modules have translated constants. The host writes the element
// (gridPage).
const translations = page?.getElementById('translations')?.textContent ?? '';
if (translations !== '') l10n.config({ contents: translations });

const numbers = new Intl.NumberFormat(displayLanguage);
const pluralRules = new Intl.PluralRules(displayLanguage);

/** Formats a number in the user's language: 3,904. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/**
 * Selects the plural form of a sentence for a number.
 * @param forms a translated text with the plural forms of the language, separated by `|`, in the order of
 *   `Intl.PluralRules` (zero, one, two, few, many, other): `{0} image|{0} images`
 */
export function pluralForm(forms: string, count: number): string {
  return pluralFormBy(forms, count, pluralRules);
}

/**
 * The plural form of a sentence for a number, with placeholders `{0}`, `{1}`, … filled in.
 * @param forms see {@link pluralForm}
 * @param values values of the placeholders; without any, `{0}` is the number
 */
export function plural(forms: string, count: number, ...values: string[]): string {
  const given = values.length === 0 ? [formatNumber(count)] : values;
  return pluralForm(forms, count).replace(/\{(\d)\}/g, (hole, index: string) => given[Number(index)] ?? hole);
}

/** Splits a sentence at `{0}`, `{1}`, … and inserts elements or texts, for example for bold parts. */
export function withElements(
  sentence: string,
  ...parts: readonly (TemplateResult | string)[]
): (TemplateResult | string)[] {
  return sentence.split(/\{(\d)\}/).map((piece, index) => (index % 2 === 0 ? piece : (parts[Number(piece)] ?? '')));
}

function validLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
