import { endpointKeyVariable, endpointOrigin } from '../../captioner/endpoint/endpointAddress';

/** A key that the environment names for one server. */
const namedKey = /^(https?:\/\/[^\s=]+)=(\S+)$/i;
/** The same without a scheme, as addresses may be given: a name with a dot or a port, or this machine. */
const hostKey =
  /^((?:localhost|\[[0-9a-f:]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?=:\d))(?::\d{1,5})?)(?:\/[^\s=]*)?=(\S+)$/i;

/**
 * The keys for the servers of a captioner from an environment variable: one key for all of them, or, where servers have
 * keys of their own, `https://openrouter.ai=KEY` for each, with blanks between. Without a scheme the name is for
 * either. Several keys without names are for no server.
 * @param endpoints base addresses; one that is none gets no key
 * @returns by the origins of the addresses
 */
export function keysOfEnvironment(
  endpoints: readonly string[],
  text = process.env[endpointKeyVariable] ?? '',
): Record<string, string> {
  const given = text.split(/\s+/).filter((word) => word !== '');
  const keys = new Map<string, string>();
  for (const word of given) {
    const [, address, key = ''] = namedKey.exec(word) ?? [];
    const [, host, keyOfHost = ''] = hostKey.exec(word) ?? [];
    const origin = address === undefined ? undefined : originOf(address);
    if (origin !== undefined) keys.set(origin, key);
    else if (host !== undefined) keys.set(host.toLowerCase(), keyOfHost);
  }
  const [first] = given;
  const forAll = keys.size === 0 && given.length === 1 ? first : undefined;
  return Object.fromEntries(
    endpoints.flatMap((endpoint): [string, string][] => {
      const origin = originOf(endpoint);
      if (origin === undefined) return [];
      const key = keys.get(origin) ?? keys.get(new URL(origin).host) ?? forAll;
      return key === undefined ? [] : [[origin, key]];
    }),
  );
}

function originOf(address: string): string | undefined {
  try {
    return endpointOrigin(address);
  } catch {
    return undefined;
  }
}
