/** Where the caret belongs after `before` was replaced by `after`: at the same letters, as far as they are still there. */
export function moveCaret(before: string, after: string, caret: number): number {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  if (caret <= prefix) return caret;
  return Math.max(prefix, Math.min(after.length, after.length - (before.length - caret)));
}

const numbers = new Intl.NumberFormat('en');

/** A number as people read it: 3,904. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** `1 image`, `2 images`. */
export function plural(value: number, noun: string): string {
  return `${formatNumber(value)} ${noun}${value === 1 ? '' : 's'}`;
}
