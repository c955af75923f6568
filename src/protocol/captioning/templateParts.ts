/** A piece of a template: plain text, or a placeholder by its name, such as `tags` or `tags:character`. */
export interface TemplatePart {
  kind: 'text' | 'placeholder';
  /** of a placeholder its name, without braces and blanks, in lower case */
  text: string;
}

/** A word in braces, perhaps with an argument behind a colon. What else stands in braces is text, such as JSON. */
const placeholder = /\{\s*(\p{L}[\p{L}\p{N}_-]*)\s*(?::\s*(\p{L}[\p{L}\p{N}_ -]*?)\s*)?\}/uy;

/**
 * Divides a template into its placeholders and the text around them. `{{` and its `}}` stand for single braces, so that
 * `{{tags}}` is the text `{tags}`; all other braces are text, so that JSON in a prompt stays what it is:
 * `{"a": {"b": 1}}` begins with no `{{`, as JSON never does.
 */
export function templateParts(template: string): TemplatePart[] {
  // A double brace that is not closed is read again as two single ones.
  const single = new Set<number>();
  for (;;) {
    const { parts, alone } = partsWith(template, single);
    if (alone.length === 0) return parts;
    for (const at of alone) single.add(at);
  }
}

/** @param single positions of braces that are no doubled ones @returns also where a doubled one has no partner */
function partsWith(template: string, single: ReadonlySet<number>): { parts: TemplatePart[]; alone: number[] } {
  const parts: TemplatePart[] = [];
  const open: { at: number; isDoubled: boolean }[] = [];
  let text = '';
  for (let at = 0; at < template.length;) {
    const sign = template.charAt(at);
    const isDoubled = sign === template.charAt(at + 1);
    placeholder.lastIndex = at;
    if (sign === '{' && isDoubled && !single.has(at)) {
      open.push({ at, isDoubled: true });
      text += '{';
      at += 2;
      continue;
    }
    const found = sign === '{' ? placeholder.exec(template) : null;
    if (found !== null) {
      const [{ length }, name = '', argument] = found;
      if (text !== '') parts.push({ kind: 'text', text });
      parts.push({ kind: 'placeholder', text: (argument === undefined ? name : `${name}:${argument}`).toLowerCase() });
      text = '';
      at += length;
      continue;
    }
    if (sign === '{') open.push({ at, isDoubled: false });
    else if (sign === '}') {
      const last = open.at(-1);
      if (last?.isDoubled === false || (last?.isDoubled === true && isDoubled)) open.pop();
      if (last?.isDoubled === true && isDoubled) at++;
    }
    text += sign;
    at++;
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return { parts, alone: open.flatMap((brace) => (brace.isDoubled ? [brace.at] : [])) };
}
