import * as l10n from '@vscode/l10n';
import type { Dispatcher, EnvHttpProxyAgent } from 'undici';
import { isLoopback } from './isLoopback';

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
 * Connections to one server, or to any, through the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name;
 * opens none yet. Imports the HTTP library only now, because many processes never need it. Certificates are those of
 * Node, with those of `NODE_EXTRA_CA_CERTS`.
 * @param address of the only server that is asked. On this machine it is asked without a proxy, for which `localhost`
 *   is itself: a key over plain HTTP, which is meant to stay here, would go to it
 * @throws ProxyAddressError
 */
export async function openProxyAgent(options: EnvHttpProxyAgent.Options, address?: string): Promise<HttpAccess> {
  const { Agent, EnvHttpProxyAgent, request } = await import('undici');
  if (address !== undefined && isLoopback(new URL(address).hostname)) return { agent: new Agent(options), request };
  try {
    // Plain HTTP is sent to the proxy without a tunnel, because many proxies allow tunnels to port 443 only.
    return { agent: new EnvHttpProxyAgent({ proxyTunnel: false, ...options }), request };
  } catch (error) {
    throw new ProxyAddressError(error);
  }
}
