/**
 * Whether a caption is JSON: an object, or a list of texts or objects, on which some models are trained. Its commas
 * divide no tags, and a tag that is added makes it unreadable for the trainer, so it counts as one text without tags.
 * An object is known by its beginning, `{"name":`, so that invalid JSON is left alone, too; a text that begins with
 * `[` may be a weight of a prompt, as in `["open" sign], 1girl`, and has to be JSON as a whole.
 * @param text with any line ends
 */
export function isJsonCaption(text: string): boolean {
  if (!mayBeJson(text)) return false;
  const start = text.trimStart().slice(0, longestStart);
  if (start.startsWith('{')) return objectStart.test(start) || isJson(text);
  return listStart.test(start) && text.trimEnd().endsWith(']') && isJson(text);
}

/** Whether a text begins as JSON does. For most captions, the first character is enough to say no. */
export function mayBeJson(text: string): boolean {
  const code = text.charCodeAt(0);
  if (code > 0x20 && code < 0x7f) return code === 0x7b || code === 0x5b;
  return /^\s*[{[]/.test(text);
}

/** How many characters at the start of a caption are checked: enough for any name of a field. */
const longestStart = 1000;
const objectStart = /^\{\s*"(?:[^"\\]|\\.)*"\s*:/s;
const listStart = /^\[\s*["[{\]]/;

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
