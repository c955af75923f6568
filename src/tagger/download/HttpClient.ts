import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import * as l10n from '@vscode/l10n';
import type { Dispatcher } from 'undici';
import { openProxyAgent, ProxyAddressError } from '../../network/openProxyAgent';
import { DownloadError } from './DownloadError';
import type { OriginToken } from './downloadRequest';
import { withoutQuery } from './requestErrors';

/** The maximum number of redirects of one request; browsers allow 20. */
const maximumRedirects = 10;

/** A server's answer. Its body must be read or dumped. */
export interface HttpAnswer {
  status: number;
  /** where the answer came from, after redirects */
  url: string;
  headers: IncomingHttpHeaders;
  body: Readable & { dump(): Promise<void> };
}

/** The options that apply to all requests of a client. */
export interface HttpClientOptions {
  /** sent with every request, also to the servers that redirects lead to, so they must not contain secrets */
  headers: Record<string, string>;
  token: OriginToken | undefined;
  /** milliseconds without a connection or without data after which a request fails */
  timeout: number;
  signal: AbortSignal | undefined;
  /** path of the file that is downloaded, for error messages */
  target: string;
}

/**
 * Sends requests, through the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` specify. It follows redirects
 * itself, so that a token is sent only to the token's own origin.
 */
export class HttpClient {
  /** the last address that was requested, redirects included; for the error message if the connection breaks */
  lastUrl: string | undefined;

  private constructor(
    private readonly options: HttpClientOptions,
    private readonly agent: Dispatcher,
    private readonly request: (typeof import('undici'))['request'],
  ) {}

  /**
   * Makes a client.
   * @throws DownloadError BAD_ADDRESS for a proxy whose address is invalid
   */
  static async open(options: HttpClientOptions): Promise<HttpClient> {
    try {
      const { agent, request } = await openProxyAgent({ connectTimeout: options.timeout });
      return new HttpClient(options, agent, request);
    } catch (error) {
      if (!(error instanceof ProxyAddressError)) throw error;
      throw new DownloadError('BAD_ADDRESS', options.target, error.message, error);
    }
  }

  /**
   * Sends a request and follows its redirects.
   * @param follow `sameOrigin`: a redirect to another origin is returned, not followed
   * @returns the answer, whatever its status
   * @throws DownloadError for redirects in a circle or to an invalid address; errors of undici and of sockets
   */
  async send(
    method: 'HEAD' | 'GET',
    address: string,
    headers: Record<string, string>,
    follow: 'everywhere' | 'sameOrigin',
  ): Promise<HttpAnswer> {
    let url = new URL(address);
    for (let redirects = 0; redirects <= maximumRedirects; redirects++) {
      const answer = await this.sendOnce(method, url, headers);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || typeof location !== 'string') return answer;
      const next = this.redirectTarget(location, url);
      if (follow === 'sameOrigin' && next.origin !== url.origin) return answer;
      await answer.body.dump();
      url = next;
    }
    const message = l10n.t("{0} redirects in a circle. Check the server's address.", withoutQuery(address));
    throw new DownloadError('REFUSED', this.options.target, message);
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async sendOnce(method: 'HEAD' | 'GET', url: URL, headers: Record<string, string>): Promise<HttpAnswer> {
    const { headers: common, token, timeout, signal } = this.options;
    this.lastUrl = url.href;
    const authorization = token?.origin === url.origin ? { authorization: `Bearer ${token.value}` } : {};
    const {
      statusCode,
      headers: answered,
      body,
    } = await this.request(url.href, {
      method,
      // A compressed download could neither be resumed nor checked by its size.
      headers: {
        'user-agent': 'dataset-captions',
        ...common,
        ...headers,
        'accept-encoding': 'identity',
        ...authorization,
      },
      dispatcher: this.agent,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      ...(signal === undefined ? {} : { signal }),
    });
    // A body that is destroyed early emits 'error', and without a listener that would end the process. Code that reads
    // the body gets the error from its iterator.
    body.on('error', () => undefined);
    return { status: statusCode, url: url.href, headers: answered, body };
  }

  private redirectTarget(location: string, from: URL): URL {
    const next = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
    if (next?.protocol === 'http:' || next?.protocol === 'https:') return next;
    const message = l10n.t('{0} redirects to "{1}", which is no web address.', withoutQuery(from.href), location);
    throw new DownloadError('REFUSED', this.options.target, message);
  }
}
