import * as l10n from '@vscode/l10n';
import { isLoopback } from '../../network/isLoopback';
import { CaptionerError } from './CaptionerError';

/** The environment variable with the key for the servers of a captioner, for the command line and clusters. */
export const endpointKeyVariable = 'DATASET_CAPTIONS_ENDPOINT_KEY';

/** Ends of addresses that people copy from examples. */
const copiedEnds = /\/(chat\/completions|completions|responses|models)$/;

/**
 * The base of a server's API, to which `/chat/completions` is added: `http://localhost:8000` becomes
 * `http://localhost:8000/v1`, and `https://x/api/v4/chat/completions` becomes `https://x/api/v4`. Without a scheme it
 * is `http://` for this machine, else `https://`.
 * @throws CaptionerError ENDPOINT_ADDRESS if the text is no HTTP address, or holds a user name or password
 */
export function endpointAddress(text: string): string {
  const url = parse(text);
  const path = url.pathname.replace(/\/+$/, '').replace(copiedEnds, '').replace(/\/+$/, '');
  // Some vendors count their API's versions further (/v4), or name them otherwise (/v1beta/openai).
  const hasVersion = /\/v\d+[a-z0-9]*(\/openai)?$/i.test(path);
  return `${url.origin}${path}${hasVersion ? '' : '/v1'}`;
}

/**
 * Scheme, host and port of a server, to which its key belongs, such as `https://openrouter.ai`.
 * @throws CaptionerError as {@link endpointAddress}
 */
export function endpointOrigin(text: string): string {
  return parse(text).origin;
}

/**
 * Refuses to send a key in plain text over a network.
 * @param address of the server, as {@link endpointAddress} gives it
 * @throws CaptionerError ENDPOINT_ADDRESS for plain HTTP to another machine
 */
export function refuseKeyOverPlainHttp(address: string): void {
  const url = new URL(address);
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return;
  const message = l10n.t(
    'The key for {0} is not sent, because anybody on the way could read it: the address begins with http://. Use https://, or a tunnel to this machine (ssh -L), or remove the key if the server needs none.',
    url.origin,
  );
  throw new CaptionerError('ENDPOINT_ADDRESS', message, address);
}

function parse(text: string): URL {
  const trimmed = text.trim();
  if (trimmed === '') throw invalid(l10n.t('No address of a server is given'));
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `${schemeFor(trimmed)}://${trimmed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  // Even an invalid address may have a password in it, so nothing before its "@" is repeated.
  const shown = trimmed.replace(/^.*@/, '…@').slice(0, 200);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw invalid(l10n.t('"{0}" is no address of a server', shown));
  }
  if (url.username !== '' || url.password !== '') {
    const message = l10n.t(
      'The address of {0} has a user name or password in it, which would be written into logs. Leave it out, and set a key.',
      url.host,
    );
    throw new CaptionerError('ENDPOINT_ADDRESS', message);
  }
  return url;
}

function schemeFor(text: string): 'http' | 'https' {
  const host = /^(\[[^\]]*\]|[^/:]*)/.exec(text)?.[0] ?? '';
  return isLoopback(host) ? 'http' : 'https';
}

function invalid(what: string): CaptionerError {
  return new CaptionerError('ENDPOINT_ADDRESS', l10n.t('{0}, such as http://localhost:8000/v1.', what));
}
