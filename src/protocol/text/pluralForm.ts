/**
 * Chooses among the forms of a sentence the one for a number.
 * @param forms a translated text with its forms in the order of `Intl.PluralRules` (zero, one, two, few, many,
 *   other), those that the language has, and `|` between them: `{0} image|{0} images`
 * @param rules of the language of the text
 */
export function pluralForm(forms: string, count: number, rules: Intl.PluralRules): string {
  const order = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;
  const own = new Set(rules.resolvedOptions().pluralCategories);
  const place = order.filter((category) => own.has(category)).indexOf(rules.select(count));
  const texts = forms.split('|');
  return texts[Math.min(place, texts.length - 1)] ?? '';
}
