import type { IncomingHttpHeaders } from 'node:http';
import * as l10n from '@vscode/l10n';
import { connectionFailure } from '../../network/connectionFailure';
import { jsonOrUndefined } from '../../network/jsonOrUndefined';
import { openProxyAgent, ProxyAddressError, type HttpAccess } from '../../network/openProxyAgent';
import { retryAfter } from '../../network/retryAfter';
import { quotableLine, serverText } from '../../network/serverText';
import { singleHeader } from '../../network/singleHeader';
import { abortReason } from '../../protocol/channel/Channel';
import type { Sampling } from '../../protocol/captioning/captionerProfile';
import { CaptionerError } from './CaptionerError';
import { chatRequest } from './chatRequest';
import { endpointAddress, refuseKeyOverPlainHttp } from './endpointAddress';
import { judgeProblem, type Verdict } from './judgeProblem';
import { readChatAnswer } from './readChatAnswer';
import type { ServerAnswer } from './ServerAnswer';
import { serverProblem, type ServerProblem } from './serverProblem';

/**
 * The maximum size of an answer, in bytes: more than any caption has. The connection to a server that sends more is
 * closed.
 */
const longestAnswer = 16e6;

/** How a server is reached. */
export interface EndpointOptions {
  /** as the user gave it */
  endpoint: string;
  /** the bearer token, sent to this server only and never part of a message; empty or undefined for none */
  key?: string | undefined;
  /** the most requests in flight */
  connections: number;
}

/** A question about one picture. */
export interface Question {
  model: string;
  /** instructions before the prompt; empty for none */
  system: string;
  prompt: string;
  jpeg: Uint8Array;
  sampling: Sampling;
  /** how long the answer may take, in milliseconds */
  timeout: number;
}

/** What became of one request. */
export type Reply = { kind: 'answered'; answer: ServerAnswer } | Exclude<Verdict, { kind: 'refused' | 'otherLimit' }>;

/** An answer of HTTP, read to its end. */
export interface PlainAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** HTTP client of one server with chat completions. It sends each request once; retries are up to the caller. */
export class EndpointClient {
  private limitName: 'max_tokens' | 'max_completion_tokens' = 'max_tokens';

  private constructor(
    /** the base of its API, such as `http://localhost:8000/v1` */
    readonly address: string,
    private readonly key: string | undefined,
    private readonly http: HttpAccess,
  ) {}

  /**
   * Opens no connection yet.
   * @throws CaptionerError ENDPOINT_ADDRESS for an invalid address, or a key that would go over plain HTTP to another
   *   machine; ENDPOINT_REFUSED for a proxy whose address is invalid
   */
  static async open({ endpoint, key, connections }: EndpointOptions): Promise<EndpointClient> {
    const address = endpointAddress(endpoint);
    const secret = key?.trim() ?? '';
    if (secret !== '') refuseKeyOverPlainHttp(address);
    if (/[^\x21-\x7e]/.test(secret)) {
      const message = l10n.t('The key for {0} has characters that no key has. Set it again.', address);
      throw new CaptionerError('ENDPOINT_ADDRESS', message, address);
    }
    try {
      // The timeout is our own and covers the whole request.
      const http = await openProxyAgent({ connections, headersTimeout: 0, bodyTimeout: 0 }, address);
      return new EndpointClient(address, secret === '' ? undefined : secret, http);
    } catch (error) {
      if (!(error instanceof ProxyAddressError)) throw error;
      throw new CaptionerError('ENDPOINT_REFUSED', error.message, address, undefined, error);
    }
  }

  /**
   * Asks about one picture.
   * @throws the signal's reason; nothing else
   */
  async ask(question: Question, signal: AbortSignal): Promise<Reply> {
    const used = this.limitName;
    const verdict = await this.askOnce(question, signal);
    if (verdict.kind !== 'otherLimit') return verdict;
    // The request was refused before a model saw it, so this does not count as a retry. Another request may have
    // changed the name meanwhile.
    if (this.limitName === used) this.limitName = used === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    const again = await this.askOnce(question, signal);
    return again.kind === 'otherLimit' ? { kind: 'failed', error: again.error } : again;
  }

  /**
   * Sends a GET request to the server, such as for its list of models.
   * @param url absolute, of this server; the key is sent with it
   * @param timeout in milliseconds
   * @throws CaptionerError ENDPOINT_UNREACHABLE or ENDPOINT_REFUSED where there is no answer; the signal's reason
   */
  async get(url: string, timeout: number, signal: AbortSignal): Promise<PlainAnswer> {
    return answered(await this.send(url, undefined, timeout, signal));
  }

  /**
   * Like {@link get}, with a value that is sent as JSON.
   * @throws CaptionerError, the signal's reason as {@link get}
   */
  async post(url: string, value: unknown, timeout: number, signal: AbortSignal): Promise<PlainAnswer> {
    return answered(await this.send(url, Buffer.from(JSON.stringify(value)), timeout, signal));
  }

  /** The verdict on an answer that is an error, or that does not conform to this API. */
  judge({ status, headers, body }: PlainAnswer, model: string): Verdict {
    const contentType = singleHeader(headers['content-type']) ?? '';
    const text = body.toString('utf8');
    const problem = serverProblem(jsonOrUndefined(text));
    const said = problem === undefined || problem.message === '' ? undefined : problem.message;
    const words = said === undefined ? serverText(body, contentType, this.key) : quotableLine(said, this.key);
    return judgeProblem({
      // An error in an answer with status 200 names its own status.
      status: status >= 300 ? status : (problem?.status ?? statusInWords(problem)),
      problem: problem ?? { message: words, code: '', type: '', field: '', status: undefined },
      words,
      endpoint: this.address,
      model,
      after: pauseIn(headers, problem?.message ?? ''),
    });
  }

  /** Closes all connections; requests that are open fail. */
  close(): Promise<void> {
    return this.http.agent.destroy();
  }

  private async askOnce(
    { model, system, prompt, jpeg, sampling, timeout }: Question,
    signal: AbortSignal,
  ): Promise<Reply | Extract<Verdict, { kind: 'otherLimit' }>> {
    const body = chatRequest({ model, system, prompt, jpeg, sampling, limitName: this.limitName });
    const answer = await this.send(`${this.address}/chat/completions`, body, timeout, signal);
    if (!('status' in answer)) return answer;
    const isGood = answer.status >= 200 && answer.status < 300;
    const read = isGood ? readChatAnswer(answer.body.toString('utf8')) : undefined;
    if (read?.kind === 'answer') return { kind: 'answered', answer: read.answer };
    if (read?.kind === 'unreadable') return { kind: 'later', cause: 'broken', error: this.unreadable(answer) };
    // A line of an event stream is not valid JSON.
    const judged =
      read === undefined ? answer : { ...answer, body: Buffer.from(JSON.stringify({ error: read.problem })) };
    const verdict = this.judge(judged, model);
    if (verdict.kind !== 'refused') return verdict;
    const refusal = verdict.words === '' ? l10n.t('Refused by a filter.') : verdict.words;
    return { kind: 'answered', answer: { text: '', finish: 'filter', refusal } };
  }

  /** Sends one request and reads its whole answer; without an answer, returns what to do. */
  private async send(
    url: string,
    body: Buffer | undefined,
    timeout: number,
    signal: AbortSignal,
  ): Promise<PlainAnswer | Extract<Verdict, { kind: 'failed' | 'later' }>> {
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort();
    }, timeout);
    try {
      const answer = await this.http.request(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          'user-agent': 'dataset-captions',
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          // Redirects are not followed, so the key goes nowhere else.
          ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
        },
        ...(body === undefined ? {} : { body }),
        dispatcher: this.http.agent,
        signal: AbortSignal.any([signal, deadline.signal]),
      });
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of answer.body as AsyncIterable<Buffer>) {
        pieces.push(piece);
        length += piece.length;
        if (length <= longestAnswer) continue;
        const message = l10n.t('{0} answered more than {1} bytes, which is no caption.', this.address, longestAnswer);
        const error = new CaptionerError('ANSWER_UNREADABLE', message, this.address, answer.statusCode);
        return { kind: 'later', cause: 'broken', error };
      }
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces, length) };
    } catch (thrown) {
      if (signal.aborted) throw abortReason(signal);
      if (deadline.signal.aborted) {
        const message = l10n.t('{0} gave no answer within {1} s.', this.address, Math.round(timeout / 1000));
        return { kind: 'later', cause: 'timeout', error: new CaptionerError('ANSWER_TIMEOUT', message, this.address) };
      }
      return this.withoutAnswer(thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  private withoutAnswer(thrown: unknown): Extract<Verdict, { kind: 'failed' | 'later' }> {
    const failure = connectionFailure(thrown, this.address);
    if (failure?.worthRetrying === false) {
      const error = new CaptionerError('ENDPOINT_REFUSED', failure.what, this.address, undefined, thrown);
      return { kind: 'failed', error };
    }
    const what = failure?.what ?? (thrown instanceof Error ? thrown.message : String(thrown));
    if (isBroken(thrown)) {
      const message = l10n.t('The server {0} broke off. {1}.', this.address, what);
      const error = new CaptionerError('ANSWER_UNREADABLE', message, this.address, undefined, thrown);
      return { kind: 'later', cause: 'broken', error };
    }
    const message = l10n.t('The server {0} does not answer. {1}.', this.address, what);
    const error = new CaptionerError('ENDPOINT_UNREACHABLE', message, this.address, undefined, thrown);
    return { kind: 'later', cause: 'away', error };
  }

  private unreadable({ status, headers, body }: PlainAnswer): CaptionerError {
    const said = serverText(body, singleHeader(headers['content-type']) ?? '', this.key);
    const message = l10n.t('{0} gave an answer that is none: "{1}".', this.address, said);
    return new CaptionerError('ANSWER_UNREADABLE', message, this.address, status);
  }
}

function answered(answer: PlainAnswer | Extract<Verdict, { error: CaptionerError }>): PlainAnswer {
  if ('status' in answer) return answer;
  throw answer.error;
}

/** Whether an open connection broke off, rather than nobody listening. */
function isBroken(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | undefined)?.code;
  if (thrown instanceof Error && thrown.name === 'HTTPParserError') return true;
  return (
    code === 'UND_ERR_SOCKET' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  );
}

/** The status for an error in a 200 that names none. */
function statusInWords(problem: ServerProblem | undefined): number {
  const words = `${problem?.code ?? ''} ${problem?.type ?? ''}`;
  if (/rate_?limit/.test(words)) return 429;
  if (/invalid_api_key|authentication/.test(words)) return 401;
  if (/server_error|internal|api_error|overloaded/.test(words)) return 500;
  return 400;
}

/** How long a server wants us to wait, in milliseconds, by its headers or words; undefined where it does not say. */
function pauseIn(headers: IncomingHttpHeaders, message: string): number | undefined {
  const exact = singleHeader(headers['retry-after-ms']);
  if (exact !== undefined && /^\d+(\.\d+)?$/.test(exact)) return Number(exact);
  // LiteLLM passes the pause of the server behind it on under a name of its own.
  const value = headers['retry-after'] ?? headers['llm_provider-retry-after'];
  const named = retryAfter(singleHeader(value), Date.now());
  if (named !== undefined) return named;
  const inWords = /(?:try again|retry) in (\d+(?:\.\d+)?) ?(ms|s)\b/i.exec(message);
  return inWords === null ? undefined : Number(inWords[1]) * (inWords[2] === 'ms' ? 1 : 1000);
}
