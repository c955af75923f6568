import { templateParts } from './templateParts';

/** Whether a template of a caption file makes JSON: it is JSON with any text for its placeholders. */
export function makesJson(template: string): boolean {
  if (!looksLikeJson(template)) return false;
  const filled = templateParts(template)
    .map(({ kind, text }) => (kind === 'text' ? text : 'x'))
    .join('');
  try {
    return typeof JSON.parse(filled) === 'object';
  } catch {
    return false;
  }
}

/** Whether a template begins as JSON does, be it right or not: `{"caption": …`, or `["…`. */
export function looksLikeJson(template: string): boolean {
  const [first] = templateParts(template);
  return first?.kind === 'text' && /^\s*(?:\{\s*"|\[\s*["{[])/.test(first.text);
}
