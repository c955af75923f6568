import * as l10n from '@vscode/l10n';
import { errorCode, errorMessage } from '../protocol/channel/wireError';

/** Node's and OpenSSL's codes for certificates that are not trusted: trying again does not help. */
const certificateProblem = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)|^EPROTO$/;
/** Codes of sockets, name resolution and undici. */
const connectionProblem = /^(E[A-Z]|UND_ERR_)/;

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
