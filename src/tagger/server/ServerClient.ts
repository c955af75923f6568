import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { Dispatcher } from 'undici';
import { backoff } from '../../base/backoff';
import { connectionFailure } from '../../network/connectionFailure';
import { openProxyAgent, ProxyAddressError } from '../../network/openProxyAgent';
import { retryAfter } from '../../network/retryAfter';
import { serverText } from '../../network/serverText';
import { singleHeader } from '../../network/singleHeader';
import { abortReason } from '../../protocol/channel/Channel';
import type { ServerOptions } from '../../protocol/tagging/execution';
import { serverAddress } from './serverAddress';
import { ServerError } from './ServerError';

/** The statuses of an overloaded server (429, 503) and of a proxy that does not reach it (502, 504). */
const worthRetrying: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** The pauses between retries, in milliseconds. */
const retryPauses = { first: 250, longest: 10_000, jitter: 0.5 };
/**
 * While a model is loaded, an address where nobody listens is probably a mistake: it is given up after this time, in
 * milliseconds.
 */
export const patienceWhileLoading = 5000;

/** A request to a server. */
export interface ServerOrder {
  method: 'GET' | 'POST';
  /** the path after the server's address, such as `/v2/models/x/infer` */
  path: string;
  headers?: Record<string, string>;
  /** sent as one body without a copy; must not change until the answer is there */
  body?: readonly Uint8Array[];
  /** the maximum length of the answer, in bytes (default: 16 MB) */
  longestAnswer?: number;
}

/** The answer to a request, with all of its body. */
export interface ServerAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** the address that was requested */
  url: string;
}

/** How a server is reached. */
export interface ServerClientOptions extends ServerOptions {
  /** the maximum number of requests in flight */
  connections: number;
  /** sent to the server's origin only, and never part of a message; undefined where there is none */
  token: string | undefined;
  /** milliseconds for which a server that does not answer is retried (default: twice the timeout of an answer) */
  patience?: number;
  onLog?: (line: string) => void;
}

/**
 * An HTTP client for a server that runs models: keep-alive connections, a timeout for each answer, retries with
 * backoff.
 */
export class ServerClient {
  private isUnreachable = false;
  private readonly timeout: number;
  private readonly patience: number;

  private constructor(
    /** without a slash at its end */
    readonly address: string,
    private readonly options: ServerClientOptions,
    private readonly agent: Dispatcher,
    private readonly request: (typeof import('undici'))['request'],
  ) {
    this.timeout = options.timeoutSeconds * 1000;
    this.patience = options.patience ?? 2 * this.timeout;
  }

  /**
   * Opens no connection yet. Proxies are those that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name; this machine is
   * reached without one.
   * @throws ServerError SERVER_REFUSED for an address that is none
   */
  static async open(options: ServerClientOptions): Promise<ServerClient> {
    const address = serverAddress(options.url);
    try {
      const { connections } = options;
      // The timeout is our own and covers the whole request: one between two pieces would never end a server that
      // trickles.
      const { agent, request } = await openProxyAgent({ connections, headersTimeout: 0, bodyTimeout: 0 }, address);
      return new ServerClient(address, options, agent, request);
    } catch (error) {
      if (!(error instanceof ProxyAddressError)) throw error;
      throw new ServerError('SERVER_REFUSED', error.message, undefined, error);
    }
  }

  /** Host and port. */
  get host(): string {
    return new URL(this.address).host;
  }

  /**
   * Sends a request, and retries it with backoff while the server is unreachable or overloaded.
   * @param patience milliseconds for which a failed connection is retried, at most the client's own patience; an
   *   overloaded server is retried for the client's own
   * @returns the answer, whatever its status; never 429, 502, 503 or 504, which are retried
   * @throws ServerError SERVER_UNREACHABLE when it stays unreachable or overloaded, SERVER_REFUSED for a certificate
   *   that is not trusted, SERVER_FAILED for an answer that is too long; the signal's reason
   */
  async send(order: ServerOrder, signal: AbortSignal, patience = this.patience): Promise<ServerAnswer> {
    const shorter = Math.min(patience, this.patience);
    const begun = performance.now();
    for (let tries = 1; ; tries++) {
      const { answer, error, after, patient } = await this.attempt(order, signal, shorter);
      if (answer !== undefined) {
        this.logReachable();
        return answer;
      }
      const left = patient - (performance.now() - begun);
      if (left <= 0 || after > left) throw this.finalError(error, tries, performance.now() - begun);
      this.logUnreachable(error);
      await this.wait(Math.max(after, Math.min(backoff(tries, retryPauses), left)), signal);
    }
  }

  /** The error for an answer whose status is not a success. */
  refusal({ status, headers, body, url }: ServerAnswer): ServerError {
    const said = this.quote(body, headers);
    const answered = l10n.t('{0} answered {1}.', url, `${status}${said}`);
    if (status === 401 || status === 403) {
      const advice = l10n.t('It wants another token: Set Server Token, or DATASET_CAPTIONS_SERVER_TOKEN.');
      return new ServerError('SERVER_REFUSED', `${answered} ${advice}`, status);
    }
    if (status >= 300 && status < 400) {
      const advice = l10n.t(
        "It redirects to {0}; if that is right, name it as the server's address.",
        headers.location ?? '?',
      );
      return new ServerError('SERVER_REFUSED', `${answered} ${advice}`, status);
    }
    return new ServerError(status >= 500 ? 'SERVER_FAILED' : 'SERVER_REFUSED', answered, status);
  }

  /** Closes all connections; requests that are open fail. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  /**
   * One try.
   * @returns the answer, or else the error, the pause that the server wants (milliseconds, 0 for none), and how long
   *   after the first try to go on (milliseconds)
   */
  private async attempt(
    order: ServerOrder,
    signal: AbortSignal,
    patience: number,
  ): Promise<
    | { answer: ServerAnswer; error?: never; after?: never; patient?: never }
    | { answer?: never; error: ServerError; after: number; patient: number }
  > {
    try {
      const answer = await this.sendOnce(order, signal);
      if (!worthRetrying.has(answer.status)) return { answer };
      const said = this.quote(answer.body, answer.headers);
      const error = new ServerError(
        'SERVER_UNREACHABLE',
        l10n.t('{0} answered {1}.', answer.url, `${answer.status}${said}`),
        answer.status,
      );
      const after = retryAfter(singleHeader(answer.headers['retry-after']), Date.now()) ?? 0;
      return { error, after, patient: this.patience };
    } catch (thrown) {
      if (signal.aborted) throw abortReason(signal);
      if (thrown instanceof ServerError && thrown.code !== 'SERVER_UNREACHABLE') throw thrown;
      return { error: this.toServerError(thrown), after: 0, patient: patience };
    }
  }

  private async sendOnce(
    { method, path, headers, body, longestAnswer = 16e6 }: ServerOrder,
    signal: AbortSignal,
  ): Promise<ServerAnswer> {
    const url = this.address + path;
    const { token } = this.options;
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      const message = l10n.t('{0} gave no answer within {1} s.', url, this.options.timeoutSeconds);
      deadline.abort(new ServerError('SERVER_UNREACHABLE', message));
    }, this.timeout);
    try {
      const answer = await this.request(url, {
        method,
        headers: {
          'user-agent': 'dataset-captions',
          accept: 'application/json, application/octet-stream',
          'accept-encoding': 'identity',
          ...headers,
          // Redirects are not followed, so the token goes nowhere else.
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-length': String(body.reduce((sum, part) => sum + part.length, 0)) }),
        },
        ...(body === undefined ? {} : { body: body as Iterable<Uint8Array> as never }),
        dispatcher: this.agent,
        signal: AbortSignal.any([signal, deadline.signal]),
      });
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of answer.body as AsyncIterable<Buffer>) {
        pieces.push(piece);
        length += piece.length;
        if (length <= longestAnswer) continue;
        const message = l10n.t('{0} answered more than {1} bytes, which no scores need.', url, longestAnswer);
        throw new ServerError('SERVER_FAILED', message, answer.statusCode);
      }
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces, length), url };
    } catch (thrown) {
      throw deadline.signal.aborted ? deadline.signal.reason : thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws `thrown` itself where it is neither about the connection nor about the server */
  private toServerError(thrown: unknown): ServerError {
    if (thrown instanceof ServerError) return thrown;
    const failure = connectionFailure(thrown, this.address);
    if (failure === undefined) throw thrown;
    if (!failure.worthRetrying) throw new ServerError('SERVER_REFUSED', failure.what, undefined, thrown);
    const message = l10n.t('The server {0} does not answer. {1}.', this.address, failure.what);
    return new ServerError('SERVER_UNREACHABLE', message, undefined, thrown);
  }

  private finalError({ message, status, cause }: ServerError, tries: number, milliseconds: number): ServerError {
    const times = l10n.t('It was tried {0} times in {1} s.', tries, Math.round(milliseconds / 1000));
    return new ServerError('SERVER_UNREACHABLE', tries === 1 ? message : `${message} ${times}`, status, cause);
  }

  private quote(body: Buffer, headers: IncomingHttpHeaders): string {
    const { token } = this.options;
    // A server that echoes its request must not bring the token into a log.
    const said = serverText(body, singleHeader(headers['content-type']) ?? '', token);
    return said === '' ? '' : `: "${said}"`;
  }

  private async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch {
      throw abortReason(signal);
    }
  }

  private logUnreachable({ message }: ServerError): void {
    if (!this.isUnreachable) this.options.onLog?.(`${message} Trying again.`);
    this.isUnreachable = true;
  }

  private logReachable(): void {
    if (this.isUnreachable) this.options.onLog?.(`${this.address} answers again.`);
    this.isUnreachable = false;
  }
}
