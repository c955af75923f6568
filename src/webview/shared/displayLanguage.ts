import * as l10n from '@vscode/l10n';
import type { TemplateResult } from 'lit';
import { pluralForm as pluralFormBy } from '../../protocol/text/pluralForm';

/** What is needed of the page; unit tests have none. */
interface Page {
  documentElement: { lang: string };
  getElementById(id: string): { textContent: string | null } | null;
}
const { document: page } = globalThis as { document?: Page };

/** The language of the page, which is that of VS Code. */
export const displayLanguage = validLanguage(page?.documentElement.lang ?? '');

// When this module is loaded, not later: names that other modules keep in constants are translated too. The host writes
// the element, see gridHtml.
const translations = page?.getElementById('translations')?.textContent ?? '';
if (translations !== '') l10n.config({ contents: translations });

const numbers = new Intl.NumberFormat(displayLanguage);
const pluralRules = new Intl.PluralRules(displayLanguage);

/** A number as people read it: 3,904. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/**
 * The form of a sentence for a number, by the rules of the page's language; `forms` as {@link pluralFormBy} takes them.
 */
export function pluralForm(forms: string, count: number): string {
  return pluralFormBy(forms, count, pluralRules);
}

/**
 * The form of a sentence for a number, with values in the places of `{0}`, `{1}`, …
 * @param forms as {@link pluralForm} takes them
 * @param values without any, `{0}` becomes the number
 */
export function plural(forms: string, count: number, ...values: string[]): string {
  const given = values.length === 0 ? [formatNumber(count)] : values;
  return pluralForm(forms, count).replace(/\{(\d)\}/g, (hole, index: string) => given[Number(index)] ?? hole);
}

/** The parts of a sentence, with elements or texts in the places of `{0}`, `{1}`, …: for sentences with something bold in them. */
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
