/** The maximum length of a server's text in a message, in characters. */
const longest = 200;

/**
 * What the body of an error says, in one short line: the `error` of the Open Inference Protocol, the `detail` of other
 * servers, or the text of a page that a proxy wrote.
 * @param contentType of the answer
 * @returns an empty text where it says nothing to a person
 */
export function serverText(body: Buffer, contentType: string): string {
  // Enough for any sentence; a page may be long.
  const text = body.subarray(0, 20_000).toString('utf8');
  const said =
    fromJson(text) ?? (/html|xml/i.test(contentType) || /^\s*<[!a-z]/i.test(text) ? withoutMarkup(text) : text);
  // eslint-disable-next-line no-control-regex -- what holds such characters is no text
  if (/[\u0000-\u0008\ufffd]/.test(said)) return '';
  const line = said.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest).trimEnd()}…` : line;
}

function fromJson(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name of ['error', 'detail', 'message']) {
    const said = (value as Record<string, unknown>)[name];
    if (typeof said === 'string') return said;
    if (typeof said === 'object' && said !== null) return JSON.stringify(said);
  }
  return undefined;
}

function withoutMarkup(page: string): string {
  return page
    .replace(/<(script|style)\b.*?<\/\1>/gis, ' ')
    .replace(/<!--.*?-->/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}
