import { endpointKeyVariable, endpointOrigin } from '../../captioner/endpoint/endpointAddress';

/** A key that the environment names for one server. */
const namedKey = /^(https?:\/\/[^\s=]+)=(\S+)$/;

/**
 * The keys for the servers of a captioner from an environment variable: one key for all of them, or, where servers
 * have keys of their own, `https://openrouter.ai=KEY` for each, with blanks between.
 * @param endpoints base addresses; an invalid one gets no key
 * @returns by the origins of the addresses
 */
export function keysOfEnvironment(
  endpoints: readonly string[],
  text = process.env[endpointKeyVariable] ?? '',
): Record<string, string> {
  const given = text.split(/\s+/).filter((word) => word !== '');
  const named = given.flatMap((word): [string, string][] => {
    const [, address, key] = namedKey.exec(word) ?? [];
    const origin = address === undefined ? undefined : originOf(address);
    return origin === undefined || key === undefined ? [] : [[origin, key]];
  });
  const [first] = given;
  const forAll = named.length === 0 && given.length === 1 ? first : undefined;
  const keys = new Map(named);
  return Object.fromEntries(
    endpoints.flatMap((endpoint): [string, string][] => {
      const origin = originOf(endpoint);
      const key = origin === undefined ? undefined : (keys.get(origin) ?? forAll);
      return origin === undefined || key === undefined ? [] : [[origin, key]];
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
