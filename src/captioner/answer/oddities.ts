import { oneOf, oneWordOf } from './oneOf';

/** Marks of HTML at the start of a page. */
const elements = oneWordOf(
  '!doctype html head body div p span h[1-6] table script style meta title center svg img br ul ol pre a',
);

/** What servers and proxies say instead of an answer. */
const status = oneOf(
  'internal server error|bad gateway|service unavailable|(?:gateway|request) time-?out|too many requests|not found',
  'unauthorized|forbidden|bad request|upstream (?:connect |request )?(?:error|time-?out)',
);

/** What error messages of programs are about, unlike the error in a joke on a shirt. */
const ofPrograms = oneWordOf(
  'failed invalid unexpected cannot refused memory cuda model request tensor undefined null',
);

/** Pages and messages of servers and proxies, at the start of an answer. */
const pages: readonly RegExp[] = [
  new RegExp(String.raw`^\s*<(?:\?xml|${elements})\b`, 'i'),
  new RegExp(String.raw`^(?:error )?(?:[45]\d\d[:,]? )?${status}(?=[.!:(<]|\s*$|\s*\n|\s+-)`, 'i'),
  /^error code:? \d{3,4}\b/i,
  /^traceback \(most recent call last\)/i,
  new RegExp(String.raw`^[a-z]*(?:error|exception): .*\b(?:${ofPrograms}|could not|timed? ?out)\b`, 'i'),
];

/** What only machines say to machines. */
const tokens = new RegExp(
  oneOf(
    String.raw`<\|[a-z_]{2,30}\|>`,
    `<${oneOf(String.raw`img_\d+|loc_\d+`, oneWordOf('image unk pad s /s box ref vision_start tool_call'))}>`,
    String.raw`\[(?:img|unk|pad)\]|\[/?tool_calls?\]`,
  ),
  'i',
);

/** Verbs with which prompts begin their sentences. */
const asks = new RegExp(
  String.raw`^(?:please )?(?:do not|don't|do mention|` +
    oneWordOf(
      'describe write caption answer use mention leave list generate give provide keep avoid rewrite improve create ' +
        'summari[sz]e make cover start begin focus call say',
    ) +
    String.raw`)\b`,
);
/** A sentence of the prompt counts as echoed if it has at least so many words: no caption has it by chance. */
const wordsOfAsking = 5;

/**
 * Whether an answer is no caption for another reason: a page or a message of a server, an error as JSON, special
 * tokens of a model, sentences of the prompt, or no word at all.
 * @param prompt as it was sent, with its placeholders filled
 */
export function isOdd(text: string, prompt: string): boolean {
  return (
    !/\p{L}/u.test(text) ||
    pages.some((pattern) => pattern.test(text)) ||
    tokens.test(text.replace(/"[^"\n]*"/g, '')) ||
    isError(text) ||
    (text.match(/\ufffd/g)?.length ?? 0) > 2 ||
    echoes(text, prompt)
  );
}

/** Other fields of an error in JSON, beside its message. */
const besideMessage = new Set('code status statusCode type param path timestamp request_id requestId'.split(' '));

/** Whether a text is the error of a server as JSON, in any of the shapes that servers have. */
function isError(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    const { error, object, detail, message, ...others } = JSON.parse(text) as Record<string, unknown>;
    if (error !== undefined || object === 'error') return true;
    return (
      (detail !== undefined || message !== undefined) && Object.keys(others).every((name) => besideMessage.has(name))
    );
  } catch {
    return /^\s*\{\s*"(?:error|detail|object)"\s*:\s*(?:\{|"error"|"[^"]*(?:error|fail|invalid))/i.test(text);
  }
}

/**
 * Whether an answer repeats a sentence of the prompt that asks for something. Sentences of the prompt that describe
 * the image, such as its caption, may be in the answer.
 */
function echoes(text: string, prompt: string): boolean {
  const said = ` ${wordsIn(text).join(' ')} `;
  const asked = prompt
    .split(/(?<=[.!?:])\s+|\n+/)
    .map((sentence) => ({ isAsking: asks.test(sentence.trim().toLowerCase()), words: wordsIn(sentence) }))
    .filter(({ isAsking, words }) => isAsking && words.length >= wordsOfAsking);
  return asked.some(({ words }) => said.includes(` ${words.join(' ')} `));
}

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
