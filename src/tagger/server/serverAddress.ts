import * as l10n from '@vscode/l10n';
import { ServerError } from './ServerError';

/**
 * Normalizes the address of a server: removes slashes at its end, and a final `/v2` that the user may have copied with
 * it.
 * @throws ServerError SERVER_REFUSED if the text is not an HTTP address, or contains a user name or password
 */
export function serverAddress(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw invalid(l10n.t('No server is named: set datasetCaptions.serverUrl (--server) to its address'));
  }
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(
      l10n.t('"{0}" is no address of a server: set datasetCaptions.serverUrl (--server) to one', trimmed.slice(0, 200)),
    );
  }
  if (url.username !== '' || url.password !== '') {
    const message = l10n.t(
      'The address of the server {0} has a user name or password in it, which would be written into logs. Leave it out and use a token: Set Server Token, or DATASET_CAPTIONS_SERVER_TOKEN.',
      url.host,
    );
    throw new ServerError('SERVER_REFUSED', message);
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v2$/, '');
}

/** The path of a model on a server, see `v2/models/<model_name>` of the Open Inference Protocol. */
export function modelPath(name: string): string {
  return `/v2/models/${encodeURIComponent(name)}`;
}

function invalid(what: string): ServerError {
  return new ServerError('SERVER_REFUSED', l10n.t('{0}, such as http://gpu.example:8000.', what));
}
