/**
 * A JSON object with its keys in the given order. `JSON.stringify` of an object would put keys like "1990", which is a
 * tag, first and lose `__proto__`.
 * @param entries keys, and values that are already JSON
 */
export function jsonObject(entries: Iterable<readonly [key: string, json: string]>): string {
  return `{${Array.from(entries, ([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

/** The JSON of a map from strings to strings or numbers, in the map's order. */
export function jsonOfMap(map: ReadonlyMap<string, string | number>): string {
  return jsonObject(Array.from(map, ([key, value]) => [key, JSON.stringify(value)] as const));
}
