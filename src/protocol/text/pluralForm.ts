/**
 * Chooses the plural form of a sentence for a number.
 * @param forms a translated text with those forms that its language has, separated by `|`, in the order of
 *   `Intl.PluralRules` (zero, one, two, few, many, other): `{0} image|{0} images`
 * @param rules of the language of the text
 */
export function pluralForm(forms: string, count: number, rules: Intl.PluralRules): string {
  const order = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;
  const own = new Set(rules.resolvedOptions().pluralCategories);
  const place = order.filter((category) => own.has(category)).indexOf(rules.select(count));
  const texts = forms.split('|');
  return texts[Math.min(place, texts.length - 1)] ?? '';
}
