/** Where the caret belongs after `before` was replaced by `after`: at the same letters, as far as they are still there. */
export function moveCaret(before: string, after: string, caret: number): number {
  let prefix = 0;
  while (prefix < before.length && prefix < after.length && before[prefix] === after[prefix]) prefix++;
  if (caret <= prefix) return caret;
  return Math.max(prefix, Math.min(after.length, after.length - (before.length - caret)));
}
