import { oneOf, oneWordOf } from './oneOf';
import { withoutQuotations } from './quotedText';
import { isSaid } from './textsOfPictures';

const names = (
  'think thinking thought thoughts reasoning reflection seed:think ' +
  'analysis scratchpad reason rationale plan inner_monologue'
).split(' ');
/** The same with blanks in them, as models write that learned them as text. */
const loose = new RegExp(String.raw`<\s*(/?)\s*(${names.join('|')})\s*>`, 'gi');

/** The marks that models put around their thinking, by vendor. */
const marks: readonly (readonly [open: string, close: string])[] = [
  // Qwen, DeepSeek, GLM and most others; Seed; older prompts
  ...names.map((name) => [`<${name}>`, `</${name}>`] as const),
  // Magistral
  ['[THINK]', '[/THINK]'],
  // Kimi-VL
  ['◁think▷', '◁/think▷'],
  // Skywork, Sky-T1
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  // MedGemma
  ['<unused94>thought', '<unused95>'],
  // Gemma 4
  ['<|channel>thought', '<channel|>'],
  // gpt-oss: it thinks in a separate channel, before that of the answer
  ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>'],
];

/** What models put around the answer, after their thinking. */
const wrappers: readonly (readonly [open: string, close: string])[] = [
  ['<answer>', '</answer>'],
  ['<|begin_of_box|>', '<|end_of_box|>'],
  ['<|begin_of_solution|>', '<|end_of_solution|>'],
  ['<|channel|>final<|message|>', '<|return|>'],
  ['<caption>', '</caption>'],
];

/** An answer without its thinking. */
export interface Thought {
  text: string;
  /** whether the model was thinking: an empty `text` then means that it spent all its tokens on that */
  hasThought: boolean;
}

/**
 * Removes what a model thought before it answered: between both marks; up to the closing mark alone, as the chat
 * templates of some models put the opening one into the prompt; or from the opening mark on if it is never closed,
 * which leaves no answer. A mark in quotation marks is text in the picture.
 */
export function withoutThinking(answer: string): Thought {
  if (!/[<[◁]/.test(answer)) return { text: answer.trim(), hasThought: false };
  let text = answer.replace(loose, '<$1$2>');
  let hasThought = false;
  for (const [open, close] of marks) {
    const end = lastMark(text, close);
    if (end >= 0) {
      text = text.slice(end + close.length);
      hasThought = true;
    }
    if (startsWith(text, open)) return { text: '', hasThought: true };
  }
  text = unwrapped(text.trim());
  return { text, hasThought };
}

/** Removes the wrapper around a whole answer. */
function unwrapped(text: string): string {
  for (const [open, close] of wrappers) {
    if (!startsWith(text, open)) continue;
    const inner = text.trimStart().slice(open.length);
    const end = lastMark(inner, close);
    if (end < 0) return inner.trim();
    if (inner.slice(end + close.length).trim() === '') return inner.slice(0, end).trim();
  }
  return text;
}

function startsWith(text: string, mark: string): boolean {
  return text.trimStart().slice(0, mark.length).toLowerCase() === mark.toLowerCase();
}

/** The last position of a mark outside quotations; -1 for none. */
function lastMark(text: string, mark: string): number {
  const lowered = text.toLowerCase();
  // A few letters are longer in lower case; then only the case that models really write is found.
  const lower = lowered.length === text.length ? lowered : text;
  const sought = mark.toLowerCase();
  for (let at = lower.lastIndexOf(sought); at >= 0; at = at === 0 ? -1 : lower.lastIndexOf(sought, at - 1)) {
    if (!isQuoted(text, at, at + mark.length) && !isAmongWords(text, at, at + mark.length)) return at;
  }
  return -1;
}

/** Whether a mark is a word of a sentence, as in "a board with </think> written on it": that is no end of thoughts. */
function isAmongWords(text: string, start: number, end: number): boolean {
  if (!/^[ \t]+\p{Ll}/u.test(text.slice(end, end + 20))) return false;
  const open = text.lastIndexOf('<', start - 1);
  const before = (at: number): boolean => /[\p{L}\p{N},;][ \t]+$/u.test(text.slice(Math.max(0, at - 20), at));
  return before(start) || (open > 0 && before(open) && !text.slice(open, start).includes('\n'));
}

/** Whether a text has marks of thoughts in it that are not quoted, so that nobody can say what of it is the caption. */
export function hasOpenThoughts(text: string): boolean {
  return names.some((name) => ['<', '</'].some((open) => indexOfOpen(text, `${open}${name}>`)));
}

function indexOfOpen(text: string, mark: string): boolean {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(mark); at >= 0; at = lower.indexOf(mark, at + 1)) {
    if (!isQuoted(text, at, at + mark.length)) return true;
  }
  return false;
}

const longestLine = 2000;

/** Whether a stretch stands between quotation marks, which are around it and not the ends of two quotations. */
function isQuoted(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const behind = text.charAt(end);
  if ('“«„「『‘'.includes(before)) return '”“»」』’'.includes(behind) && behind !== '';
  if (before !== behind || !/["`]/.test(before)) return false;
  // Quotations are of one line and not long; so much is looked at for each mark of many.
  const line = text.slice(Math.max(text.lastIndexOf('\n', start - 1) + 1, start - longestLine), start);
  return line.split(before).length % 2 === 0;
}

/**
 * Whether a model is thinking without marks in a text: one of its first sentences speaks of the user or of what it has
 * to do, or it begins by speaking to itself. A caption speaks of what is in the picture.
 */
export function isThinkingAloud(text: string): boolean {
  const start = withoutQuotations(text.slice(0, 2000)).trimStart();
  const sentences = start.split(/(?<=[.!?…])\s+|\n+/).slice(0, sentencesLookedAt);
  return (
    (!isSaid(start) && thinkingAloud.some((pattern) => pattern.test(start))) ||
    sentences.some((sentence) => sentenceOfTask.test(sentence) && !isSaid(sentence))
  );
}

const toItself = oneOf(
  'okay|ok|alright|all right|got it|hmm+|hm|so|now|well|first|first of all|wait|right',
  "let's see",
);
/** Tasks of a model that writes captions, unlike those that signs and songs speak of. */
const task =
  '(?:first |carefully |now |just |also |probably |start by |begin by |try to |make sure )*' +
  oneOf(
    oneWordOf(
      'think look analy[sz] examin describ break check consider start begin note identif focus writ craft creat',
    ),
    oneWordOf(
      'provid generat mak caption mention follow produc output includ avoid figure determin parse tackle summari[sz]',
    ),
    'see (?:what|the|if)',
    'go (?:through|over)',
    'take (?:a|another) (?:closer |careful |good )?look',
    'be (?:brief|careful|concise|accurate|objective|detailed)',
  );
const wants = oneOf(
  `(?:want(?:s|ed)?|needs?|would like) ${oneWordOf('me us an? the this only just it tags captions? descriptions?')}`,
  'wants? to (?:know|see|describe)',
  oneWordOf('ask gave provid attached uploaded shared sent request prompt said says'),
);
/** A sentence that speaks of the user or of the task. */
const sentenceOfTask = new RegExp(
  String.raw`^(?:${toItself}[,.:!…]*\s+){0,3}` +
    oneOf(
      `the user(?:'s)? (?:is |has |also |now )*${wants}`,
      `(?:i|we) (?:(?:need|have|want|am asked|are asked|was asked) to|should|must) ${task}`,
      `(?:i'll|i will|i'm going to|let me|let's|lets) ${task}`,
      String.raw`we(?: are|'re) (?:given|asked|told)\b|(?:my|the) task is to `,
      String.raw`(?:wait|hold on)[,.…]+ (?:is|it|the|that|this|maybe|let|no|i|there|actually)\b`,
      String.raw`let me (?:reconsider|re-?read|rephrase|re-?check|draft|refine|revise|double[- ]check|try again|re-?write)\b`,
      String.raw`(?:should|could|do) i (?:say|mention|include|add|describe|call|write)\b`,
      String.raw`(?:that|this|it) (?:works|looks good|sounds good)\.$`,
    ),
  'i',
);
/** How many sentences are searched for one: thinking has one soon. */
const sentencesLookedAt = 8;
const thinkingAloud: readonly RegExp[] = [
  // Headings of thoughts, and the channel of gpt-oss without its marks
  /^[[(*_#\s]*(?:thinking|thoughts?|my thoughts|reasoning|rationale|analysis|scratchpad|chain of thought|the task|task)[*_]*\s*(?:[:\])]|\.\.\.|…)/i,
  /^\*thinks\*/i,
  /^analysis(?=[A-Z])/,
  /assistantfinal/,
  /(?:^|\n)\W{0,4}(?:first |second |rough |final )?draft(?: \d+)?\W{0,3}:/i,
  /^to (?:write|describe|caption|create|craft|summari[sz]e) (?:this|the|an?) (?:[a-z]+ )?(?:caption|image|picture|photo|description|scene)\b[^.!?\n]{0,40},? (?:i'll|i will|i'd|i should|i need|i must|let me|let's|we)\b/i,
  /^(?:好的?[,，、。\s]*)?(?:那么?[,，]?)?(?:我现在|现在我|现在[,，]?我)(?:需要|要|来|得|应该)/u,
  /^(?:okay|alright|got it|hmm+|first)[,.…]+\s+(?:so,|so (?:the|i|we)\b|(?:the|this) (?:image|picture|user)|i\b|looking)/i,
  /^(?:(?:so|okay|ok|alright|hmm+|well|now)[,.…]*\s+)?let's see[,.:…]+\s+(?:the|this|there|i|we|so)\b/i,
  /^(?:hmm+|okay|ok|so|well)[,.…]+\s*what(?:'s| is| do| are)\b/i,
  /^(?:\*\*)?(?:step 1\W+|1[.)]\s*)(?:\*\*)?(?:identif|analy[sz]|describ|examin|observ|understand|determin)/i,
  // The headings of Gemini's thoughts
  /^\*\*[^*\n]{3,80}\*\*\s*\n\s*(?:i'm|i am|i've|i'll|my|okay|right now|now)\b/i,
  /^(?:\*\*)?(?:(?:thinking|thought) process|my reasoning|analysis of the request|analyze the (?:image|request|user))\b/i,
  // Chinese models think in Chinese: "The user wants", "First, let me look".
  /^嗯[,，、。…]/u,
  /^(?:好的?[,，、。]|首先[,，、])?\s*(?:用户(?:想|要|让|希望|提供|的)|我(?:需要|得先|应该|来)|让我(?:们)?(?:来)?(?:看|想|分析))/u,
];
