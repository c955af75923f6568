import * as l10n from '@vscode/l10n';
import { CaptionerError, type CaptionerErrorCode } from './CaptionerError';
import type { ServerProblem } from './serverProblem';

/** Why a request is retried: the server is overloaded, cannot be reached, broke off, or took too long. */
export type LaterCause = 'overload' | 'away' | 'broken' | 'timeout';

/** What to do after an answer that is no caption. */
export type Verdict =
  /** never sent again as it is */
  | { kind: 'failed'; error: CaptionerError }
  /** a filter refused the picture or the prompt, in these words */
  | { kind: 'refused'; words: string }
  /** retry once with a smaller picture; `error` holds if that does not help */
  | { kind: 'smaller'; error: CaptionerError }
  /** retry once with `max_completion_tokens`; `error` holds if that does not help */
  | { kind: 'otherLimit'; error: CaptionerError }
  /** retry, no earlier than after `after` milliseconds if the server asks for that */
  | { kind: 'later'; cause: LaterCause; after?: number | undefined; error: CaptionerError };

/** An answer that is an error. */
export interface FailedAnswer {
  /** of HTTP, or what the error in a 200 names */
  status: number;
  problem: ServerProblem;
  /** what the server said, in one line that may be shown; empty where it said nothing */
  words: string;
  /** the address of the server, without secrets */
  endpoint: string;
  model: string;
  /** milliseconds by `Retry-After` */
  after?: number | undefined;
}

/** Words for a wrong key with a status that says something else: Gemini, LiteLLM without a database of keys. */
const wrongKey =
  /invalid_api_key|api[_ ]key[a-z ]* (not valid|invalid|missing)|(incorrect|invalid|missing) api key|no_db_connection/;
/** Words for a key that has no money or quota left; a rate limit is something else. */
const noQuota =
  /insufficient[_ ](quota|credit|balance|funds)|exceeded your current quota|billing|quota exceeded|key limit exceeded|out of credits|payment required/;
/** Words of filters before a model: OpenAI, Azure, OpenRouter, Gemini, xAI, Alibaba, Zhipu, Bedrock, in this order. */
const filtered = new RegExp(
  [
    'content[_ ]?(policy|filter|management|moderation)|policy[_ ]violation|safety[_ ](system|filter|check|setting|polic)',
    'responsible ?ai',
    'moderation|flagged',
    'prohibited[_ ](content|use)|block[_ ]?reason',
    '(usage|community|content|safety) (guideline|polic|standard)|acceptable[_ ]use|content violates',
    'data_?inspection|(inappropriate|unsafe|harmful|sensitive|explicit|disallowed|objectionable|nsfw)[_ ](content|image|input|material)',
    '(violates?|violating|violation of|against) (our|the|its) ([a-z]+ ){0,3}(polic|guideline|terms|rules|standard)',
    'guardrail',
  ].join('|'),
);
/** Words of a server that has shut an account out, which is no fault of a picture. */
const ofAccount =
  /\b(account|organi[sz]ation|project|workspace|subscription|api key|token|user)\b[^.]{0,40}\b(suspend|disabl|ban|deactivat|terminat|block|restrict|revok|locked|flagged)/;
/** Words for more tokens than a model's context has: vLLM, llama.cpp, Ollama, LM Studio, OpenAI, in this order. */
const overflow =
  /maximum context length|longer than the maximum model length|exceed[_ ]?context|exceeds? (the )?(available )?context|max(imum)? context|prompt (is )?too long|context[_ ](length|window|size)[_ ]?(exceeded|is not enough|overflow)|context the overflows|greater than the context length|too many tokens/;
/** Words for a picture with too many bytes or pixels. */
const tooLarge = /payload_too_large|image_too_large|(request|payload|image|body|file)[a-z ]* (is )?too (large|big)/;
/** Words for a model that takes no pictures: vLLM, Ollama, LM Studio, OpenRouter, OpenAI. */
const textOnly =
  /not a multimodal|multi-?modal[a-z ]*not supported|at most 0 image|(does not|doesn't|do not|don't|not) (support|accept|have)( for)?[a-z ]* (image|vision|multimodal|picture)s?\b(?! (format|type|larger|bigger|above|of ))|(image|vision)[a-z ]* (is|are) not supported|not a vision model|support image input|missing data required for image input|only text|'?image_url'?[a-z ]* (is )?only supported by|invalid content type\. image_url/;
/** Words for a model whose part for pictures was not loaded: llama.cpp, LM Studio. */
const noProjector = /mmproj|vision add-?on is not loaded|clip model|no projector/;
/** Words for a model that is not there: OpenAI, LM Studio, OpenRouter, LiteLLM, Ollama, transformers serve. */
const noModel =
  /model_not_found|no models? loaded|not a valid model|(unknown|invalid|no such) model|try pulling it|server is pinned to/;
/** The same where the status says that something is not there: vLLM, Ollama. */
const noModelThere = /model.*(not found|not exist|not available|not loaded)/;
/** Words for a server that is still busy with its start: llama.cpp, TGI. */
const loading = /loading model|model is (still )?loading|is starting|not ready|warming up/;
/** Words for a lack of memory that a retry does not help against: Ollama. */
const noMemory = /requires more (system|gpu|v?ram)? ?memory|insufficient memory/;
/** The limit of an answer under its other name: OpenAI's models that think. */
const otherLimit = 'max_completion_tokens';
/** The error is about the picture. */
const ofPicture = /image|picture|jpe?g|base64|media/;

/**
 * What an error of a server means, and what is to be done. Permanent errors are never retried, even with a status that
 * looks transient, such as llama.cpp's 500 for a missing projector.
 */
export function judgeProblem(failed: FailedAnswer): Verdict {
  const { status, problem, after } = failed;
  const { code, type } = problem;
  const said = `${code} ${type} ${problem.message}`.toLowerCase();
  const fail = (errorCode: CaptionerErrorCode, advice: string): Verdict => ({
    kind: 'failed',
    error: errorFor(failed, errorCode, advice),
  });
  const later = (cause: LaterCause): Verdict => ({
    kind: 'later',
    cause,
    after,
    error: errorFor(failed, cause === 'broken' ? 'ANSWER_UNREADABLE' : 'ENDPOINT_UNREACHABLE', ''),
  });

  if (status === 401 || (status === 400 && wrongKey.test(said))) return fail('ENDPOINT_KEY', keyAdvice());
  if (status === 402 || (status !== 404 && noQuota.test(said) && !isRateLimit(said, after))) {
    return fail('ENDPOINT_QUOTA', l10n.t('Its credit or quota is used up. Top it up, or use another key.'));
  }
  if (status === 429) return later('overload');
  if (status === 403) {
    if (filtered.test(said) && !ofAccount.test(said)) return { kind: 'refused', words: failed.words };
    return fail('ENDPOINT_KEY', keyAdvice());
  }
  if (status === 407) {
    return fail('ENDPOINT_REFUSED', l10n.t('The proxy wants a user name and password in its address.'));
  }
  if (noProjector.test(said)) {
    const advice = l10n.t(
      'The model "{0}" has no projector for pictures there: start the server with it (--mmproj, or -hf that brings it), or choose another model.',
      failed.model,
    );
    return fail('MODEL_TEXT_ONLY', advice);
  }
  if (textOnly.test(said)) {
    const advice = l10n.t('The model "{0}" takes no pictures there: choose a vision model.', failed.model);
    return fail('MODEL_TEXT_ONLY', advice);
  }
  const isMissing = status === 404 && noModelThere.test(said);
  if ((isMissing || (status < 500 && noModel.test(said))) && !loading.test(said)) {
    const advice = l10n.t(
      'The server does not have the model "{0}": load it there, or correct its name.',
      failed.model === '' ? '?' : failed.model,
    );
    return fail('MODEL_NOT_FOUND', advice);
  }
  if (noMemory.test(said)) {
    return fail('ENDPOINT_REFUSED', l10n.t('The server has too little memory for the model: use a smaller one.'));
  }
  if (status === 503) return later(loading.test(said) || type === 'unavailable_error' ? 'away' : 'overload');
  // Of a proxy that does not reach the server; also of one provider of many behind it.
  if (status === 502 || status === 504) return later('away');
  if (status === 408) return later('timeout');
  if (status === 400 && said.includes(otherLimit) && !overflow.test(said)) {
    const advice = l10n.t('It does not take the limit of tokens.');
    return { kind: 'otherLimit', error: errorFor(failed, 'REQUEST_REFUSED', advice) };
  }
  if (status === 413 || tooLarge.test(said)) {
    const advice = l10n.t('The picture is too large for the server, also the smaller one.');
    return { kind: 'smaller', error: errorFor(failed, 'IMAGE_REFUSED', advice) };
  }
  if (overflow.test(said)) {
    const advice = l10n.t(
      'Picture, prompt and answer need more than its context, also with the smaller picture: give the model a longer context (Ollama: OLLAMA_CONTEXT_LENGTH, vLLM: --max-model-len, llama.cpp: -c), send smaller pictures, or allow fewer tokens.',
    );
    return { kind: 'smaller', error: errorFor(failed, 'CONTEXT_OVERFLOW', advice) };
  }
  if (filtered.test(said) && status < 500 && !ofAccount.test(said)) return { kind: 'refused', words: failed.words };
  if (status === 404 || status === 405 || status === 410 || status === 501) {
    return fail('ENDPOINT_REFUSED', l10n.t("It has no chat completions there: check the server's address."));
  }
  if (status >= 300 && status < 400) {
    return fail('ENDPOINT_REFUSED', l10n.t("It redirects elsewhere: name that as the server's address."));
  }
  if (status === 409 || status === 425 || status >= 500) return later('broken');
  return ofPicture.test(said)
    ? fail('IMAGE_REFUSED', l10n.t('The server does not take this picture.'))
    : fail('REQUEST_REFUSED', l10n.t('The server does not take this request.'));
}

/** Whether a quota that is used up is a rate limit, which is over in seconds or minutes. */
function isRateLimit(said: string, after: number | undefined): boolean {
  if (said.includes('insufficient')) return false;
  return after !== undefined || /rate[_ ]limit|per (second|minute)|requests per|tokens per/.test(said);
}

function keyAdvice(): string {
  return l10n.t('It wants another key: set the key of this server, or DATASET_CAPTIONS_ENDPOINT_KEY.');
}

/** @param advice sentences that say what to do; empty for none */
function errorFor({ endpoint, status, words }: FailedAnswer, code: CaptionerErrorCode, advice: string): CaptionerError {
  const answered = l10n.t('{0} answered {1}.', endpoint, words === '' ? `${status}` : `${status}: "${words}"`);
  return new CaptionerError(code, advice === '' ? answered : `${answered} ${advice}`, endpoint, status);
}
