import * as v from 'valibot';
import { count } from '../../protocol/channel/checks';

/** Schemas by the names of what they are for. */
type Schemas = Readonly<Record<string, v.GenericSchema>>;

/** What is read through {@link Schemas}. */
export type Outputs<S extends Schemas> = { [K in keyof S]: v.InferOutput<S[K]> };

/**
 * Reads values from outside (settings, arguments), each through its schema. One whose schema has a fallback always can be read.
 * @param read gives the value with this name, of whatever type
 * @param refused what is thrown where a schema refuses a value; `problem` is the message of the schema
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

/** A number from 0 to 1. */
export const score = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** An object that is no list. Not valibot's record, which leaves out keys such as `constructor`. */
export const anyRecord = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** The texts of a list: what is no text in it is left out; none where it is no list. The list is a new one. */
export const textsOf = v.fallback(
  v.pipe(
    v.array(v.unknown()),
    v.transform((values) => values.filter((value) => typeof value === 'string')),
  ),
  [],
);

/** The texts of an object by their names: what is no text is left out; none where it is no object. The object is a new one. */
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
