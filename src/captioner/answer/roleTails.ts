import { oneOf, oneWordOf } from './oneOf';
import { isReported } from './textsOfPictures';

/** The words that stand for who speaks in the templates of chats. */
const inCapitals = 'USER|ASSISTANT|HUMAN|SYSTEM|MODEL';
const speakers = 'User|Assistant|Human|AI Assistant';

/** Marks of chat templates: what stands behind them was not asked for. */
const templateMark = oneOf(
  String.raw`<\|` +
    oneWordOf(
      'im_end im_start eot_id eom_id start_header_id end_header_id end_of_text begin_of_text endoftext end_of_turn ' +
        'start end return user assistant system eos',
    ) +
    String.raw`\|>`,
  `<${oneWordOf('end_of_turn start_of_turn eos bos s /s')}>`,
  String.raw`\[/?INST\]`,
  // DeepSeek's, with wide bars
  String.raw`<\uff5c[^\n>]{1,40}\uff5c>`,
);
const templateMarks = new RegExp(templateMark, 'gi');
/** What may stand behind a mark that ends an answer without a full stop: nothing, or the next mark. */
const endOfTurn = new RegExp(String.raw`^\s*(?:$|${templateMark})`, 'i');

/** The name of a role at the start of an answer, which servers leave there that do not apply the chat template. */
const head = new RegExp(
  String.raw`^(?:(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)\s*(?:assistant|model)\s*(?:<\|end_header_id\|>)?|` +
    // "Assistant: a woman in a lab coat" is a picture of one.
    String.raw`(?:###\s*)?(?:(?:${inCapitals})\s*:|(?:${speakers})\s*:(?!\s*\p{Ll}))|assistant\s*\n)\s*`,
  'u',
);

/** Where the model goes on with the talk in the place of others: a line of its own. */
const nextTurns: readonly RegExp[] = [
  new RegExp(String.raw`\n\s*(?:#{1,4}\s*)?(?:\*\*)?(?:${inCapitals}|${speakers})(?:\*\*)?\s*:`, 'g'),
  /\n\s*(?:assistant|user|system|model)\s*(?:\n|$)/g,
  /\n\s*#{2,4}\s*(?:Instruction|Input|Response|Question|Answer)\s*:/gi,
];
/** The same in capitals behind a sentence. */
const nextInLine = /(?<=[.!?…。"”)])\s+(?:USER|ASSISTANT|HUMAN|SYSTEM)\s*:/;

/** The end of a sentence, and of what may close behind it. */
const finished = /[.!?…。！？](?:["”’'»」』)\]*_]|\*\*)*$/u;
/** A picture of a talk, a form or code has such lines in it. */
const ofTexts =
  /\b(?:chats?|conversation|dialog(?:ue)?|forms?|fields|screens?|screenshot|terminal|console|login|logs?|slides?|code|messages?|transcript|script|comic|bubbles?)\b/i;

/**
 * Takes off the name of who speaks at the start of an answer, and all from where the model goes on with the talk by
 * itself: the next question and its own answer to it (ComfyUI-JoyCaption#45). What stands in the midst of a sentence,
 * or in a list of a form, is text of the picture and stays.
 */
export function withoutRoleTails(text: string): string {
  let rest = text.trim();
  for (let found = head.exec(rest); found !== null; found = head.exec(rest)) rest = rest.slice(found[0].length);
  const inLine = rest.search(nextInLine);
  const ends = [
    firstAt(rest, templateMarks, isEndAt),
    ...nextTurns.map((turn) => firstAt(rest, turn, isTurnAt)),
    inLine >= 0 && ofTexts.test(rest.slice(0, inLine)) ? -1 : inLine,
  ].filter((at) => at >= 0);
  return rest.slice(0, Math.min(rest.length, ...ends)).trim();
}

/** Where a pattern is found first that is what it looks like; -1 for nowhere. */
function firstAt(
  text: string,
  pattern: RegExp,
  isOne: (text: string, index: number, found: string) => boolean,
): number {
  for (const { 0: found, index } of text.matchAll(pattern)) if (isOne(text, index, found)) return index;
  return -1;
}

/** So much around a mark says what it is, in characters. */
const near = 200;

/** Whether a mark of a template is the end of an answer, and no text within one. */
function isEndAt(text: string, index: number, mark: string): boolean {
  const before = text.slice(Math.max(0, index - near), index);
  const end = index + mark.length;
  return (
    /\n\s*$/.test(before) ||
    before.trim() === '' ||
    finished.test(before.trimEnd()) ||
    endOfTurn.test(text.slice(end, end + near))
  );
}

/** Whether a line with the name of who speaks begins the talk's next turn, and is no line of a form or a list. */
function isTurnAt(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - near), index).trimEnd();
  const behind = text.slice(index, index + 10 * near).split('\n');
  const hasFields = behind.some((line) => /^\s*[\p{Lu}][\p{L} ]{0,30}:/u.test(line) && !turnLine.test(line));
  return finished.test(before) && !hasFields;
}

const turnLine = new RegExp(
  String.raw`^\s*(?:${inCapitals}|${speakers}|Instruction|Input|Response|Question|Answer)\s*:`,
);

/** Whether an answer still has turns of a talk in it, of which nobody can say where the caption ends. */
export function hasOpenTurns(text: string): boolean {
  const turn = new RegExp(
    String.raw`(?:^|\n)\s*(?:#{1,4}\s*)?(?:\*\*)?(?:(?:USER|ASSISTANT|HUMAN)(?:\*\*)?\s*:|(?:User|Human)(?:\*\*)?\s*:(?!\s*\p{Ll}))`,
    'u',
  );
  const found = turn.exec(text) ?? /\sASSISTANT\s*:\s*$/.exec(text);
  return (
    found !== null && !/[:,]$/.test(text.slice(0, found.index).trimEnd()) && !ofTexts.test(text.slice(0, found.index))
  );
}

/** What models offer behind a caption. */
const offer = new RegExp(
  '^' +
    oneOf(
      'let me know if|feel free to|is there anything else',
      '(?:would you like|do you want) me to',
      "if you(?:'d| would) like(?: me)?|if you (?:need|want|have)",
      '(?:i )?hope this (?:helps|caption|description)',
    ) +
    String.raw`\b`,
  'i',
);

/** What such an offer is about, unlike a question on a sign in the picture. */
const aboutCaptions = new RegExp(
  String.raw`\b` +
    oneOf(
      "helps?|(?:like|want) me to|would like|you'd like",
      oneWordOf(
        'need want prefer adjust chang modif further more another else captions? descriptions? details? questions? assist',
      ),
    ),
  'i',
);

/**
 * Removes an offer to continue the chat, such as "Would you like more details?": the last sentence of an answer,
 * without quotations.
 */
export function withoutOffers(text: string): string {
  const trimmed = text.trim();
  const sentences = [...trimmed.matchAll(/(?:^|(?<=[.!?…"”])\s+|\n+)(?=\S)/g)];
  const last = sentences.at(-1);
  if (last === undefined || last.index === 0) return trimmed;
  const sentence = trimmed.slice(last.index).trim();
  if (
    !offer.test(sentence) ||
    !aboutCaptions.test(sentence) ||
    !/[.!?]$/.test(sentence) ||
    /["“”]/.test(sentence) ||
    isReported(sentence.toLowerCase())
  )
    return trimmed;
  const before = trimmed.slice(0, last.index).trim();
  // Open quotation marks: this is within a text in the picture.
  return (before.match(/"/g) ?? []).length % 2 === 1 ? trimmed : before;
}
