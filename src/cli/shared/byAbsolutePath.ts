import { compareNaturally } from '../../base/naturalOrder';

/**
 * What is known of files, by their absolute paths in natural order.
 * @param map by paths relative to a dataset
 * @param absolute makes such a path absolute
 */
export function byAbsolutePath<Value>(
  map: ReadonlyMap<string, Value>,
  absolute: (relative: string) => string,
): Map<string, Value> {
  const ordered = [...map].sort(([a], [b]) => compareNaturally(a, b));
  return new Map(ordered.map(([relative, value]) => [absolute(relative), value]));
}
