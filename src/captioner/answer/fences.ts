/**
 * Removes the Markdown fence around an answer, also with an announcing sentence before it, or without a closing fence.
 * Fences in the middle of other text stay.
 */
export function withoutFences(text: string): string {
  const trimmed = text.trim();
  const whole = /^(?<lead>[^\n`]{0,120}:\s*\n\s*)?(?<fence>`{3,}|~{3,})[^\n`]*\n(?<inner>[\s\S]*)$/.exec(
    trimmed,
  )?.groups;
  if (whole !== undefined) {
    const { fence = '', inner = '' } = whole;
    const lines = inner.trimEnd().split('\n');
    const closing = lines.findIndex((line) => line.trim().startsWith(fence));
    if (closing === lines.length - 1) return lines.slice(0, -1).join('\n').trim();
    // Not closed, or at the end of the last line of the caption.
    if (closing < 0)
      return inner.trimEnd().endsWith(fence) ? inner.trimEnd().slice(0, -fence.length).trim() : inner.trim();
    return trimmed;
  }
  // On one line, as some models do with short captions.
  const inline = /^(`{1,3})([^`\n]+)\1$/.exec(trimmed);
  return inline?.[2]?.trim() ?? trimmed;
}

/**
 * Removes quotation marks around a whole answer. An answer that is quoted only in part stays as it is; so does one
 * that is no sentence, as it quotes a text in the picture.
 */
export function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const inner = /^(?:"[^"]+"|“[^“”]+”|「[^「」]+」)$/.test(trimmed) ? trimmed.slice(1, -1).trim() : '';
  return /[.!?。！？]$/.test(inner) ? inner : trimmed;
}
