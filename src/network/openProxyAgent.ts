import * as l10n from '@vscode/l10n';
import type { Dispatcher, EnvHttpProxyAgent } from 'undici';

/** `HTTP_PROXY` or `HTTPS_PROXY` holds something that is no address. */
export class ProxyAddressError extends Error {
  readonly code = 'PROXY_ADDRESS';

  constructor(cause: unknown) {
    const message = l10n.t(
      'The address of the proxy in HTTP_PROXY or HTTPS_PROXY is no web address. Correct it, such as http://proxy:3128.',
    );
    super(message, { cause });
    this.name = 'ProxyAddressError';
  }
}

/** What sends requests. */
export interface HttpAccess {
  agent: Dispatcher;
  request: (typeof import('undici'))['request'];
}

/**
 * Connections through the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name; opens none yet. Imports the
 * HTTP library only now, because many processes never need it. Certificates are those of Node, with those of
 * `NODE_EXTRA_CA_CERTS`.
 * @throws ProxyAddressError
 */
export async function openProxyAgent(options: EnvHttpProxyAgent.Options): Promise<HttpAccess> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  try {
    // Plain HTTP is sent to the proxy without a tunnel, because many proxies allow tunnels to port 443 only.
    return { agent: new EnvHttpProxyAgent({ proxyTunnel: false, ...options }), request };
  } catch (error) {
    throw new ProxyAddressError(error);
  }
}
