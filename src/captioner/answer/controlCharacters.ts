// Characters that steer a terminal, a printer or the direction of a line.

/** Colours and other commands for terminals (ECMA-48), with the escape that begins them. */
// eslint-disable-next-line no-control-regex -- the escape begins a command
const commands = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[@-Z\\^_]/g;
/** Overrides and isolates of direction: "red \u202enrab" shows another text than it is. Marks of Arabic stay. */
const directions = /[\u202a-\u202e\u2066-\u2069]/g;
/** All others but tab and line ends, NUL among them. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const others = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]/g;
/** Half of a pair, which no file of UTF-8 can hold. */
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A text without control characters but tabs and line ends. Half of a surrogate pair becomes U+FFFD, as it would in a
 * file.
 */
export function withoutControlCharacters(text: string): string {
  return text.replace(commands, '').replace(directions, '').replace(others, '').replace(halves, '\ufffd');
}

/**
 * Whether a text is damaged: it has control characters within, which are neither colours nor directions, or halves of
 * characters. Taken off, they would leave words that nobody wrote.
 */
export function isDamaged(text: string): boolean {
  const rest = text.replace(commands, '').replace(directions, '').trim();
  // Some servers send those that end a text.
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const inner = rest.replace(/^[\u0001-\u001f\s]+|[\u0000-\u001f\u007f\s]+$/g, '');
  return inner.search(others) >= 0 || inner.search(halves) >= 0 || inner.includes('\ufffd');
}
