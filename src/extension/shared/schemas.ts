import * as v from 'valibot';
import { count } from '../../protocol/channel/checks';

/** Schemas by the names of the values. */
type Schemas = Readonly<Record<string, v.GenericSchema>>;

/** What is read through {@link Schemas}. */
export type Outputs<S extends Schemas> = { [K in keyof S]: v.InferOutput<S[K]> };

/**
 * Reads values from outside, such as settings and arguments, each through its schema. A schema with a fallback never
 * fails.
 * @param read gives the unchecked value with this name
 * @param refused makes the error that is thrown when a schema fails; `problem` is the message of the schema
 */
export function readEach<S extends Schemas>(
  schemas: S,
  read: (name: string) => unknown,
  refused: (name: string, problem: string) => Error = (name, problem) => new TypeError(`${name}: ${problem}`),
): Outputs<S> {
  const values = Object.entries(schemas).map(([name, schema]) => {
    const result = v.safeParse(schema, read(name), { abortEarly: true });
    if (!result.success) throw refused(name, result.issues[0].message);
    return [name, result.output];
  });
  return Object.fromEntries(values) as Outputs<S>;
}

/** A whole number from `least` to `most`, both included. */
export function wholeNumber(least = 0, most = Number.MAX_SAFE_INTEGER): v.GenericSchema<number> {
  return v.pipe(count, v.minValue(least), v.maxValue(most));
}

/** An object that is not a list. Unlike valibot's `record` it keeps keys such as `constructor`. */
export const anyRecord = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** A copy of a list with its texts only; empty if the value is not a list. */
export const textsOf = v.fallback(
  v.pipe(
    v.array(v.unknown()),
    v.transform((values) => values.filter((value) => typeof value === 'string')),
  ),
  [],
);

/** A copy of an object with its texts only; empty if the value is not an object. */
export const textsByNameOf = v.fallback(
  v.pipe(
    anyRecord,
    v.transform((values) =>
      Object.fromEntries(
        Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
    ),
  ),
  {},
);
