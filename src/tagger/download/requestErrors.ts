import type { IncomingHttpHeaders } from 'node:http';
import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { DownloadError } from './DownloadError';

/** Node's and OpenSSL's codes for certificates that are not trusted: trying again does not help. */
const certificateProblem = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)|^EPROTO$/;
/** Codes of sockets, name resolution and undici. */
const connectionProblem = /^(E[A-Z]|UND_ERR_)/;

/**
 * The error for an answer whose status is not a success.
 * @param target the file that was to be written
 * @param now in milliseconds since 1970, for a `Retry-After` that is a date
 */
export function statusError(
  { status, url, headers }: { status: number; url: string; headers: IncomingHttpHeaders },
  target: string,
  now: number,
): DownloadError {
  const answered = l10n.t('{0} answered {1}', withoutQuery(url), status);
  const retry = { worthIt: true, after: retryAfter(headers['retry-after'], now) };
  switch (true) {
    case status === 401:
      return new DownloadError(
        'UNAUTHORIZED',
        target,
        l10n.t(
          '{0}: it wants a valid access token. Set one, or check that the one that is set has not expired.',
          answered,
        ),
      );
    case status === 403:
      return new DownloadError(
        'FORBIDDEN',
        target,
        l10n.t(
          '{0}: no access. If the files are gated, accept their licence in the browser and set an access token of that account.',
          answered,
        ),
      );
    case status === 404 || status === 410:
      return new DownloadError(
        'NOT_FOUND',
        target,
        l10n.t("{0}: there is no such file. Check the server's address.", answered),
      );
    case status === 407:
      return new DownloadError(
        'REFUSED',
        target,
        l10n.t('{0}: the proxy wants a user name and password in its address.', answered),
      );
    case status === 429:
      return new DownloadError(
        'RATE_LIMITED',
        target,
        l10n.t('{0}: too many requests. {1}', answered, whenAgain(retry.after)),
        undefined,
        retry,
      );
    case status === 408 || status >= 500:
      return new DownloadError(
        'SERVER_ERROR',
        target,
        l10n.t('{0}: the server has a problem. {1}', answered, whenAgain(retry.after)),
        undefined,
        retry,
      );
    default:
      return new DownloadError(
        'REFUSED',
        target,
        l10n.t("{0}, which is not the file. Check the server's address.", answered),
      );
  }
}

/**
 * The error for a request that got no answer, or whose answer broke off.
 * @returns undefined where it is not about the connection
 */
export function connectionError(thrown: unknown, url: string, target: string): DownloadError | undefined {
  const failure = connectionFailure(thrown, url);
  if (failure === undefined) return undefined;
  const { what, worthRetrying } = failure;
  if (!worthRetrying) return new DownloadError('NETWORK', target, what, thrown);
  const message = l10n.t('{0}. Check the network and the proxy settings, then try again.', what);
  return new DownloadError('NETWORK', target, message, thrown, { worthIt: true });
}

/**
 * Why a request got no answer, or why its answer broke off.
 * @returns undefined where it is not about the connection; `what` is sentences where trying again does not help, else
 *   the beginning of one
 */
export function connectionFailure(thrown: unknown, url: string): { what: string; worthRetrying: boolean } | undefined {
  const { host } = new URL(url);
  if (thrown instanceof Error && thrown.name === 'HTTPParserError') {
    // No web server answers like this, so the answer is not quoted. For some of these errors undici gives no code.
    return { what: `${host} answered with something that is not HTTP`, worthRetrying: true };
  }
  const code = errorCode(thrown);
  if (code === undefined) return undefined;
  if (certificateProblem.test(code)) {
    const what = l10n.t(
      'The certificate of {0} is not trusted ({1}). If a proxy inspects the traffic, set NODE_EXTRA_CA_CERTS to its certificate.',
      host,
      code,
    );
    return { what, worthRetrying: false };
  }
  if (!connectionProblem.test(code)) return undefined;
  const what =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? l10n.t('The server {0} was not found', host)
      : code.includes('TIMEOUT') || code === 'ETIMEDOUT'
        ? l10n.t('{0} stopped answering', host)
        : l10n.t('The connection to {0} failed: {1}', host, errorMessage(thrown) === '' ? code : errorMessage(thrown));
  return { what, worthRetrying: true };
}

/** Milliseconds to wait by a `Retry-After`, which is seconds or a date; undefined where there is none. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** An address fit for people and logs: signed addresses carry secrets in their query. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function whenAgain(after: number | undefined): string {
  return after === undefined
    ? l10n.t('Try again later.')
    : l10n.t('Try again in {0} seconds.', Math.ceil(after / 1000));
}
