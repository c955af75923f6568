/**
 * A character and the series in parentheses behind it: `name_(series)` gives `name` and `series`; of several parentheses
 * the last are taken, `a_(b)_(c)` gives `a_(b)` and `c`. Any other tag stays whole.
 * @param name as the model writes it
 */
export function expandCharacterTag(name: string): string[] {
  const parts = /^(.*[^_])_*\(([^()]+)\)$/.exec(name);
  const [, character, series] = parts ?? [];
  return character === undefined || series === undefined ? [name] : [character, series];
}
