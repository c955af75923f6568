import { oneOf, oneWordOf } from './oneOf';

/** The names of roles in chat templates. */
const roles = 'USER|ASSISTANT|HUMAN|SYSTEM|User|Assistant|Human|System|AI Assistant|Model|MODEL';

/** Special tokens of chat templates: no caption has them, and all after them was not asked for. */
const templateMarks = new RegExp(
  oneOf(
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
  ),
  'i',
);

/** The name of a role at the start of an answer, which servers leave there that do not apply the chat template. */
const head = new RegExp(
  String.raw`^(?:(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)\s*(?:assistant|model)\s*(?:<\|end_header_id\|>)?|` +
    String.raw`(?:###\s*)?(?:${roles})\s*:|assistant\s*\n)\s*`,
);

/**
 * Where the model continues the chat in the name of others: the role is on a line of its own, or in capitals after a
 * sentence.
 */
const nextLine = new RegExp(String.raw`\n\s*(?:#{1,4}\s*)?(?:\*\*)?(?:${roles})(?:\*\*)?\s*:`);
const lineOfTemplate = /\n\s*(?:assistant|user|system|model)\s*(?:\n|$)/;
const nextHeading = /\n\s*#{2,4}\s*(?:Instruction|Input|Response|Question|Answer)\s*:/i;
const nextInLine = /(?<=[.!?…。"”)])\s+(?:USER|ASSISTANT|HUMAN|SYSTEM)\s*:/;

/**
 * Removes the name of a role at the start of an answer, and all from where the model continues the chat on its own,
 * with the next question and its answer (ComfyUI-JoyCaption#45).
 */
export function withoutRoleTails(text: string): string {
  let rest = text.trim();
  for (let found = head.exec(rest); found !== null; found = head.exec(rest)) rest = rest.slice(found[0].length);
  const ends = [templateMarks, nextLine, nextHeading, lineOfTemplate, nextInLine]
    .map((pattern) => rest.search(pattern))
    .filter((at) => at >= 0);
  return rest.slice(0, Math.min(rest.length, ...ends)).trim();
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
  if (!offer.test(sentence) || !aboutCaptions.test(sentence) || !/[.!?]$/.test(sentence) || /["“”]/.test(sentence))
    return trimmed;
  const before = trimmed.slice(0, last.index).trim();
  // Open quotation marks: this is within a text in the picture.
  return (before.match(/"/g) ?? []).length % 2 === 1 ? trimmed : before;
}
