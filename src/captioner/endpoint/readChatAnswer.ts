import { jsonOrUndefined } from '../../network/jsonOrUndefined';
import type { FinishReason, ServerAnswer } from './ServerAnswer';
import { isRecord, serverProblem, type ServerProblem } from './serverProblem';

/** What the body of an answer holds: words about the picture, an error, or nothing that can be read. */
export type ReadAnswer =
  { kind: 'answer'; answer: ServerAnswer } | { kind: 'problem'; problem: ServerProblem } | { kind: 'unreadable' };

const unreadable: ReadAnswer = { kind: 'unreadable' };

/**
 * Reads the body of an answer to a request for chat completions, also one that comes as an event stream, which was not
 * asked for, and errors that come with status 200.
 */
export function readChatAnswer(body: string): ReadAnswer {
  const trimmed = body.trimStart();
  if (/^(data|event|id|retry)?:/.test(trimmed)) return readEvents(trimmed);
  const json = jsonOrUndefined(trimmed);
  const problem = serverProblem(json);
  if (problem !== undefined) return { kind: 'problem', problem };
  return isRecord(json) ? readChoices(json) : unreadable;
}

function readChoices({ choices, usage, ...others }: Record<string, unknown>): ReadAnswer {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(choice)) {
    const reason = blockReason(others);
    return reason === undefined ? unreadable : asAnswer('', 'content_filter', reason, usage);
  }
  // The providers behind OpenRouter may fail after the answer has begun.
  const problem = choice.error === undefined ? undefined : serverProblem({ error: choice.error });
  if (problem !== undefined) return { kind: 'problem', problem };
  const message = isRecord(choice.message) ? choice.message : undefined;
  if (message === undefined && typeof choice.text !== 'string') return unreadable;
  const refusal = message?.refusal;
  return asAnswer(textOf(message === undefined ? choice.text : message.content), choice.finish_reason, refusal, usage);
}

/** Why Gemini's filter let nothing through; undefined where it did not say so. */
function blockReason({ prompt_feedback, promptFeedback }: Record<string, unknown>): string | undefined {
  const feedback = prompt_feedback ?? promptFeedback;
  if (!isRecord(feedback)) return undefined;
  const reason = feedback.block_reason ?? feedback.blockReason;
  return typeof reason === 'string' && reason !== '' ? reason : undefined;
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), each a piece of the answer. */
function readEvents(body: string): ReadAnswer {
  let [text, refusal, hasEnd] = ['', '', false];
  let finish: unknown;
  let usage: unknown;
  for (const event of body.split(/\r\n\r\n|\n\n|\r\r/)) {
    const data = event
      .split(/\r\n|\n|\r/)
      .flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? [])
      .join('\n');
    if (data === '') continue;
    if (data.trim() === '[DONE]') {
      hasEnd = true;
      break;
    }
    const json = jsonOrUndefined(data);
    const problem = serverProblem(json);
    if (problem !== undefined) return { kind: 'problem', problem };
    if (!isRecord(json)) return unreadable;
    usage = json.usage ?? usage;
    const choice: unknown = Array.isArray(json.choices) ? json.choices[0] : undefined;
    if (!isRecord(choice)) continue;
    const piece = isRecord(choice.delta) ? choice.delta : isRecord(choice.message) ? choice.message : {};
    text += textOf(piece.content);
    refusal += textOf(piece.refusal);
    finish = choice.finish_reason ?? finish;
  }
  // A stream that breaks off may look like a whole caption.
  if (!hasEnd && finish === undefined) return unreadable;
  return asAnswer(text, finish, refusal, usage);
}

function asAnswer(text: string, finish: unknown, refusal: unknown, usage: unknown): ReadAnswer {
  if (finish === 'error') return unreadable;
  const answer: ServerAnswer = { text, finish: finishOf(finish) };
  if (typeof refusal === 'string' && refusal !== '') answer.refusal = refusal;
  const told = usageOf(usage);
  if (told !== undefined) answer.usage = told;
  return { kind: 'answer', answer };
}

/** Content is a text, or since the models of 2024 a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part;
      // Parts of other types are thoughts, or no words.
      const isText = isRecord(part) && (part.type === undefined || part.type === 'text' || part.type === 'output_text');
      return isText && typeof part.text === 'string' ? part.text : '';
    })
    .join('');
}

/** The words with which servers say that a model was done: OpenAI's, TGI's, Anthropic's, and those of wrappers. */
const done = new Set(
  (
    'stop stopped eos eos_token stop_sequence stop_token stop_str end end_turn end_of_turn eot ' +
    'complete completed finished done success'
  ).split(' '),
);
/** The words for an answer that was as long as allowed. */
const long = new Set(
  'length max_length max_tokens max_output_tokens model_length token_limit context_length'.split(' '),
);
/** The words of servers that name no reason. */
const unnamed = new Set(['', 'none', 'null', 'unspecified', 'unknown']);

function finishOf(reason: unknown): FinishReason {
  // What is no text, such as null, names no reason.
  const word =
    typeof reason === 'string'
      ? reason
          .trim()
          .toLowerCase()
          .replace(/^finish_reason_/, '')
      : '';
  if (done.has(word)) return 'stop';
  if (long.has(word)) return 'length';
  if (unnamed.has(word)) return 'none';
  const isFilter = /filter|safety|prohibited|recitation|blocklist|blocked|refus|sensitive|moderat|guardrail|spii/;
  return isFilter.test(word) ? 'filter' : 'other';
}

function usageOf(usage: unknown): ServerAnswer['usage'] {
  if (!isRecord(usage)) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion } = usage;
  if (typeof prompt !== 'number' || typeof completion !== 'number') return undefined;
  return prompt >= 0 && completion >= 0 ? { prompt, completion } : undefined;
}
