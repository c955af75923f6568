/**
 * Takes off the fence of Markdown around an answer, also where a sentence that announces it stands before, or the
 * closing fence is missing. Fences in the midst of other text stay.
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
 * Takes off the quotation marks around all of an answer. An answer of which only a part is quoted stays as it is, and
 * so does one that is no sentence: such a text is one in the picture.
 */
export function withoutQuotes(text: string): string {
  const trimmed = text.trim();
  const inner = /^(?:"[^"]+"|“[^“”]+”|「[^「」]+」)$/.test(trimmed) ? trimmed.slice(1, -1).trim() : '';
  return /[.!?。！？]$/.test(inner) ? inner : trimmed;
}
