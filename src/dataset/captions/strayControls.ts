/* eslint-disable no-control-regex -- these are what is looked for */

/**
 * Control characters that are in no text, and those that are in some: the escape, and the vertical tab of word
 * processors.
 */
const doubtful = /[\0-\x08\x0b\x0e-\x1f]/;
/** Those that are in no text; each run of them is one damage. */
const neverInText = /[\0-\x08\x0e-\x1a\x1c-\x1f]+/g;
/** What programs write for a terminal: colours and places, and titles, which a bell ends. */
const escapeSequence = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\0-\x1f]*(?:\x07|\x1b\\))/g;

/**
 * Whether a text has control characters that make one look at its bytes again: all but tabs, line ends, form feeds and
 * the escape sequences of terminals.
 */
export function hasControls(text: string): boolean {
  return doubtful.test(text) && doubtful.test(text.replace(escapeSequence, ''));
}

/** Puts U+FFFD in place of each run of control characters that are in no text, but for those of escape sequences. */
export function withoutControls(text: string): string {
  if (!doubtful.test(text)) return text;
  let whole = '';
  let end = 0;
  for (const { index, 0: sequence } of text.matchAll(escapeSequence)) {
    whole += text.slice(end, index).replace(neverInText, '\ufffd') + sequence;
    end = index + sequence.length;
  }
  return whole + text.slice(end).replace(neverInText, '\ufffd');
}

/**
 * Whether a text has characters of two bytes in UTF-8 that nobody writes: some that are none, or letters of different
 * scripts in one word. Two characters of GBK can be read so: 微笑 as a Greek place without a letter and a Cyrillic Ц.
 */
export function hasStrayLetters(text: string): boolean {
  return /[\u0080-\u07ff]/.test(text) && (noCharacter.test(text) || mixedScripts.test(text));
}

const noCharacter = /(?=[\u0080-\u07ff])\p{Cn}/u;
const scripts = [
  '\\u00c0-\\u024f',
  '\\u0370-\\u03ff',
  '\\u0400-\\u052f',
  '\\u0531-\\u058f',
  '\\u05d0-\\u05f4',
  '\\u0600-\\u06ff',
];
const mixedScripts = new RegExp(
  scripts.map((script) => `[${script}](?=[\\u00c0-\\u02af\\u0370-\\u07ff])[^${script}]`).join('|'),
);

/**
 * Whether a text of ASCII may be UTF-16 without a mark and without a character that would give it away: a few
 * characters of East Asia whose bytes are letters and signs, as "sYn0P[" is 女の子. A blank would be a NUL beside it.
 */
export function mayBeUtf16(text: string): boolean {
  return text.length % 2 === 0 && /^[!-~]{6,40}$/.test(text) && !/^[a-z0-9]+$/.test(text);
}
