import { jsonOrUndefined } from './jsonOrUndefined';

/** The maximum length of a server's text in a message, in characters. */
const longest = 200;

/** A key of the usual form, also where a server has put stars into it. */
const shownKey = /\bsk-[\w*-]{8,}/g;
/** A picture, or other long data that is no text for people: no word, and hardly any path, is as long. */
const base64 = /data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/_=-]*|[A-Za-z0-9+/_-]{120,}={0,2}/g;

/**
 * What the body of an error says, in one short line: the `error` of the Open Inference Protocol, the `detail` of other
 * servers, or the text of a page that a proxy wrote.
 * @param contentType of the answer
 * @param secret that was sent to the server, and is not repeated
 * @returns an empty text if there is nothing for a person in it
 */
export function serverText(body: Buffer, contentType: string, secret?: string): string {
  // Enough for any sentence; a page may be long.
  const text = body.subarray(0, 20_000).toString('utf8');
  const said =
    fromJson(text) ?? (/html|xml/i.test(contentType) || /^\s*<[!a-z]/i.test(text) ? withoutMarkup(text) : text);
  return quotableLine(said, secret);
}

/**
 * A server's words as one short line that may be shown and logged: without the secret that was sent, without keys that
 * the server itself shows in part, and without pictures that it repeats.
 * @param secret that was sent to the server, and is not repeated
 * @returns an empty text for what is no text
 */
export function quotableLine(said: string, secret?: string): string {
  // eslint-disable-next-line no-control-regex -- what holds such characters is no text
  if (/[\u0000-\u0008\ufffd]/.test(said)) return '';
  // Before the line is cut, as a part of a secret is one, too.
  const harmless = (secret === undefined || secret === '' ? said : said.replaceAll(secret, '***'))
    .replace(shownKey, '***')
    .replace(base64, '…');
  const line = harmless.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest).trimEnd()}…` : line;
}

function fromJson(text: string): string | undefined {
  const value = jsonOrUndefined(text);
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
