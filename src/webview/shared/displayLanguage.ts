import * as l10n from '@vscode/l10n';
import type { TemplateResult } from 'lit';
import { pluralForm as pluralFormBy } from '../../protocol/text/pluralForm';

/** What is used of the page; unit tests have none. */
interface Page {
  documentElement: { lang: string };
  getElementById(id: string): { textContent: string | null } | null;
}
const { document: page } = globalThis as { document?: Page };

/** The language of the page, which is that of VS Code. */
export const displayLanguage = validLanguage(page?.documentElement.lang ?? '');

// When this module is loaded, not later: other modules translate constants when they are loaded. The host writes the
// element (gridPage).
const translations = page?.getElementById('translations')?.textContent ?? '';
if (translations !== '') l10n.config({ contents: translations });

const numbers = new Intl.NumberFormat(displayLanguage);
const pluralRules = new Intl.PluralRules(displayLanguage);

/** A number in the user's language: 3,904. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/**
 * Chooses the plural form of a sentence for a number.
 * @param forms a translated text with the forms that the language has, separated by `|`, in the order of
 *   `Intl.PluralRules` (zero, one, two, few, many, other): `{0} image|{0} images`
 */
export function pluralForm(forms: string, count: number): string {
  return pluralFormBy(forms, count, pluralRules);
}

/**
 * The plural form of a sentence for a number, with values for `{0}`, `{1}`, …
 * @param forms see {@link pluralForm}
 * @param values without any, `{0}` is the number
 */
export function plural(forms: string, count: number, ...values: string[]): string {
  const given = values.length === 0 ? [formatNumber(count)] : values;
  return pluralForm(forms, count).replace(/\{(\d)\}/g, (hole, index: string) => given[Number(index)] ?? hole);
}

/** The parts of a sentence with elements or texts for `{0}`, `{1}`, …: for sentences of which a part is bold. */
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
