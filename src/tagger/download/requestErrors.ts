import type { IncomingHttpHeaders } from 'node:http';
import * as l10n from '@vscode/l10n';
import { connectionFailure } from '../../network/connectionFailure';
import { retryAfter } from '../../network/retryAfter';
import { DownloadError } from './DownloadError';

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
