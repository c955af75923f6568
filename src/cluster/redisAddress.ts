import * as l10n from '@vscode/l10n';
import { ClusterError } from './ClusterError';

/** Address of a queue's server and credentials, in the format of the package `ioredis`. */
export interface RedisLogin {
  host: string;
  port: number;
  username?: string;
  password?: string;
  db?: number;
  tls?: { servername: string };
}

/** Address of a queue's server and credentials. */
export interface RedisAddress {
  /** for the client; contains the password */
  login: RedisLogin;
  /** for people; without the credentials */
  shown: string;
  /** replaces the address and the password in a text by `…` */
  hide: (text: string) => string;
}

/**
 * Parses `redis://[user[:password]@]host[:port][/database]`, or `rediss://` for TLS.
 * @throws ClusterError CLUSTER_URL; its message does not repeat the input, which may contain a password
 */
export function redisAddress(url: string): RedisAddress {
  let parsed: URL;
  try {
    parsed = new URL(url.trim());
  } catch {
    throw wrongUrl();
  }
  const { protocol, hostname, port, username, password, pathname } = parsed;
  const database = pathname.replace(/^\//, '');
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || !/^\d{0,4}$/.test(database)) throw wrongUrl();
  let user: string;
  let secret: string;
  try {
    [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  } catch {
    throw wrongUrl();
  }
  const host = hostname.replace(/^\[|\]$/g, '');
  const login: RedisLogin = {
    host,
    port: port === '' ? 6379 : Number(port),
    ...(user === '' ? {} : { username: user }),
    ...(secret === '' ? {} : { password: secret }),
    ...(database === '' ? {} : { db: Number(database) }),
    ...(protocol === 'rediss:' ? { tls: { servername: host } } : {}),
  };
  return {
    login,
    shown: `${protocol}//${hostname}:${login.port}${database === '' ? '' : `/${database}`}`,
    hide: (text) => {
      let hidden = text;
      for (const one of [url.trim(), password, secret]) if (one !== '') hidden = hidden.replaceAll(one, '…');
      return hidden;
    },
  };
}

function wrongUrl(): ClusterError {
  return new ClusterError(
    'CLUSTER_URL',
    l10n.t(
      'The address of the queue is none: it must be redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT, with %-codes for special characters of the password.',
    ),
  );
}
