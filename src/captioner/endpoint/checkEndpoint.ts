import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { jsonOrUndefined } from '../../network/jsonOrUndefined';
import { abortReason } from '../../protocol/channel/Channel';
import type { Sampling } from '../../protocol/captioning/captionerProfile';
import { CaptionerError, type CaptionerErrorCode } from './CaptionerError';
import { EndpointClient, type Question, type Reply } from './EndpointClient';
import { readModels, type ListedModel } from './listedModels';
import type { ServerAnswer } from './ServerAnswer';
import { serverFacts, type ServerFacts, type ServerKind } from './serverKind';
import { tinyPicture } from './tinyPicture';

/** How a server is reached. */
export interface EndpointAccess {
  /** its address, as the user gave it */
  endpoint: string;
  key?: string | undefined;
  /** how long an answer may take, in seconds (default: 120); the first picture may take five times as long */
  timeoutSeconds?: number;
}

/** A problem, or a possible one, of a server. */
export interface EndpointProblem {
  kind:
    | 'unreachable'
    | 'key'
    | 'quota'
    | 'noModels'
    | 'modelNotFound'
    | 'textOnly'
    | 'noProjector'
    | 'thinking'
    | 'contextTooSmall'
    | 'refused'
    | 'other';
  /** sentences for the user: what it is, and what to do */
  text: string;
  /** whether no picture can be captioned */
  fatal: boolean;
}

/** What a server is, and whether it can caption. */
export interface EndpointReport {
  /** the base of its API */
  endpoint: string;
  kind: ServerKind;
  /** such as `vLLM 0.11.0`; empty where it did not answer */
  serverName: string;
  models: ListedModel[];
  /** the model that was tried; empty for none */
  model: string;
  /** whether it answered about a small picture */
  works: boolean;
  /** how many requests it works on at a time, where it says so */
  slots?: number;
  problems: EndpointProblem[];
}

/** The context that a picture of 1024 pixels (some 1,400 tokens), a prompt and a long caption need, in tokens. */
const enoughContext = 3072;
/** How long the list of models may take, in milliseconds. */
const listTimeout = 15_000;
/**
 * Pauses before the small picture is tried again, in milliseconds: a server that is still loading a model says that it
 * is busy.
 */
const pauses = [500, 2000, 5000];

/**
 * The models behind an address.
 * @throws CaptionerError where the server does not answer, or with no list of models; the signal's reason
 */
export async function listModels(
  access: EndpointAccess,
  signal = new AbortController().signal,
): Promise<ListedModel[]> {
  const client = await openClient(access);
  try {
    return (await listWith(client, signal)).models;
  } finally {
    await client.close();
  }
}

/**
 * Checks a server: what it is, which models it has, and whether it answers about a small picture; problems are
 * reported in words.
 * @param model as the server names it; empty for the first that takes pictures
 * @param jpeg the small picture
 * @param sampling what a job sends: nothing else is sent, as some models take no other temperature than their own
 * @throws CaptionerError ENDPOINT_ADDRESS, or ENDPOINT_REFUSED for the address of a proxy; the signal's reason
 */
export async function checkEndpoint(
  access: EndpointAccess,
  model: string,
  jpeg: Uint8Array = tinyPicture(),
  signal = new AbortController().signal,
  sampling: Sampling = { maxTokens: 256 },
): Promise<EndpointReport> {
  const client = await openClient(access);
  const report: EndpointReport = {
    endpoint: client.address,
    kind: 'other',
    serverName: '',
    models: [],
    model,
    works: false,
    problems: [],
  };
  try {
    const listed = await listOrProblem(client, report, signal);
    if (listed === undefined) return report;
    const chosen = model === '' ? firstWithPictures(listed.models) : model;
    const facts = await serverFacts(client, listed.models, listed.headers, chosen, signal);
    Object.assign(report, { kind: facts.kind, serverName: facts.name, models: facts.models });
    report.model = model === '' ? firstWithPictures(facts.models) : model;
    if (facts.slots !== undefined) report.slots = facts.slots;
    if (report.model === '') {
      report.problems.push({ kind: 'noModels', text: noModels(client.address), fatal: true });
      return report;
    }
    const timeout = (access.timeoutSeconds ?? 120) * 5000;
    judgeReply(report, facts, await tryPicture(client, { model: report.model, jpeg, sampling, timeout }, signal));
    return report;
  } finally {
    await client.close();
  }
}

/** The model that is asked where the user names none; empty where the server lists none. */
export function firstWithPictures(models: readonly ListedModel[]): string {
  const candidates = models.filter(({ takesPictures }) => takesPictures !== false);
  return (candidates.find(({ takesPictures }) => takesPictures === true) ?? candidates[0] ?? models[0])?.id ?? '';
}

function openClient({ endpoint, key }: EndpointAccess): Promise<EndpointClient> {
  return EndpointClient.open({ endpoint, key, connections: 4 });
}

type Listed = { models: ListedModel[] } & Pick<Awaited<ReturnType<EndpointClient['get']>>, 'headers'>;

/**
 * The list of models of a server that is open.
 * @throws CaptionerError
 */
export async function listWith(client: EndpointClient, signal: AbortSignal): Promise<Listed> {
  const answer = await client.get(`${client.address}/models`, listTimeout, signal);
  const models = answer.status === 200 ? readModels(jsonOrUndefined(answer.body.toString('utf8'))) : undefined;
  if (models !== undefined) return { models, headers: answer.headers };
  const verdict = client.judge(answer, '');
  if (answer.status !== 200 && 'error' in verdict) throw verdict.error;
  const message = l10n.t("{0} has no list of models: check the server's address.", client.address);
  throw new CaptionerError('ENDPOINT_REFUSED', message, client.address, answer.status);
}

/** @returns undefined where nothing else needs to be tried; the report says why */
async function listOrProblem(
  client: EndpointClient,
  report: EndpointReport,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  try {
    return await listWith(client, signal);
  } catch (thrown) {
    if (signal.aborted) throw abortReason(signal);
    if (!(thrown instanceof CaptionerError)) throw thrown;
    // Some servers have chat completions and no list; then the model must be named.
    if (report.model !== '' && (thrown.code === 'ENDPOINT_REFUSED' || thrown.code === 'REQUEST_REFUSED')) {
      return { models: [], headers: {} };
    }
    report.problems.push({ kind: kindOf(thrown.code), text: thrown.message, fatal: true });
    return undefined;
  }
}

async function tryPicture(
  client: EndpointClient,
  asked: Pick<Question, 'model' | 'jpeg' | 'sampling' | 'timeout'>,
  signal: AbortSignal,
): Promise<Reply> {
  const prompt = 'Describe this picture in one short sentence.';
  for (const pause of [...pauses, undefined]) {
    const reply = await client.ask({ ...asked, system: '', prompt }, signal);
    if (reply.kind !== 'later' || reply.cause === 'timeout' || pause === undefined) return reply;
    await sleep(pause, undefined, { signal }).catch(() => {
      throw abortReason(signal);
    });
  }
  throw new Error('The last try returns.');
}

function judgeReply(report: EndpointReport, facts: ServerFacts, reply: Reply): void {
  const { problems, model } = report;
  const listed = facts.models.find(({ id }) => id === model || id === `${model}:latest`);
  const own = { ...listed, ...facts.loaded };
  if (reply.kind !== 'answered') {
    const { code, message } = reply.error;
    // The words of llama.cpp and LM Studio name what is missing.
    const isProjector = code === 'MODEL_TEXT_ONLY' && /mmproj|vision add-?on/i.test(message);
    problems.push({ kind: isProjector ? 'noProjector' : kindOf(code), text: message, fatal: true });
    return;
  }
  report.works = true;
  if (thinks(reply.answer, own.thinks === true, model)) {
    const text = l10n.t(
      'The model "{0}" thinks before it answers, which takes long and may use up all tokens before a caption: choose its "instruct" variant, turn thinking off ("chat_template_kwargs": {"enable_thinking": false} in the extra fields), or allow more tokens.',
      model,
    );
    problems.push({ kind: 'thinking', text, fatal: false });
  }
  if (own.takesPictures === false) {
    const text = l10n.t(
      'The server says that the model "{0}" takes no pictures, though it answered about one: it may have made up what it saw.',
      model,
    );
    problems.push({ kind: 'textOnly', text, fatal: false });
  }
  if (own.contextTokens !== undefined && own.contextTokens < enoughContext) {
    const text = l10n.t(
      'The context of the model "{0}" is {1} tokens; a picture of 1024 pixels and a long caption need some {2}: give it more (Ollama: OLLAMA_CONTEXT_LENGTH, vLLM: --max-model-len, llama.cpp: -c), or send smaller pictures.',
      model,
      own.contextTokens,
      enoughContext,
    );
    problems.push({ kind: 'contextTooSmall', text, fatal: false });
  }
}

/** Whether a model thinks: the list says so, its answer has thinking, or it spent all tokens without an answer. */
function thinks({ text, finish }: ServerAnswer, saysSo: boolean, model: string): boolean {
  const isSpent = finish === 'length' && text.trim() === '';
  return isSpent || /^\s*<(think|thinking|reasoning)>/i.test(text) || saysSo || /thinking/i.test(model);
}

function kindOf(code: CaptionerErrorCode): EndpointProblem['kind'] {
  switch (code) {
    case 'ENDPOINT_KEY':
      return 'key';
    case 'ENDPOINT_QUOTA':
      return 'quota';
    case 'ENDPOINT_UNREACHABLE':
    case 'ANSWER_TIMEOUT':
      return 'unreachable';
    case 'MODEL_NOT_FOUND':
      return 'modelNotFound';
    case 'MODEL_TEXT_ONLY':
      return 'textOnly';
    case 'CONTEXT_OVERFLOW':
      return 'contextTooSmall';
    case 'ENDPOINT_ADDRESS':
    case 'ENDPOINT_REFUSED':
    case 'REQUEST_REFUSED':
    case 'IMAGE_REFUSED':
      return 'refused';
    case 'ANSWER_UNREADABLE':
      return 'other';
  }
}

/** The sentence for a server without a model. */
export function noModels(address: string): string {
  return l10n.t('{0} lists no models: load one there (such as ollama pull qwen3-vl:8b-instruct).', address);
}
