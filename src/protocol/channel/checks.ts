import * as v from 'valibot';
import type { Check } from './Channel';

/** Normalizes a type for comparison: ignores `readonly`, and the different ways to declare an optional key. */
type Plain<T> = T extends string | number | boolean | null | undefined | Uint8Array | Float32Array
  ? T
  : unknown extends T
    ? unknown
    : { [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K> ? [Plain<Exclude<T[K], undefined>>] : Plain<T[K]> };
type Same<A, B> = [Plain<A>] extends [Plain<B>] ? ([Plain<B>] extends [Plain<A>] ? true : false) : false;

type AnySchema = v.GenericSchema;
/** A schema for each type of a map; the compiler rejects a schema that does not describe exactly its type. */
type SchemasFor<T, S> = {
  [K in keyof S]: K extends keyof T ? (S[K] extends AnySchema ? MustSay<S[K], T[K]> : never) : never;
};
type MustSay<S extends AnySchema, T> = Same<v.InferOutput<S>, T> extends true ? S : { 'the type says': T };

/**
 * Makes a type guard for each message of a protocol, from schemas that describe exactly the protocol's types. Keys that
 * a schema does not know are allowed: the code that receives the message does not read them.
 * @typeParam T maps the name of each message to its type
 */
export function checksOf<T>(): <S extends { [K in keyof T]: AnySchema }>(
  schemas: S & SchemasFor<T, S>,
) => { [K in keyof T]: Check<T[K]> } {
  return (schemas) =>
    Object.fromEntries(
      Object.entries<AnySchema>(schemas).map(([name, schema]) => [name, (value: unknown) => v.is(schema, value)]),
    ) as { [K in keyof T]: Check<T[K]> };
}

/** Like {@link checksOf}, for a single type. */
export function checkOf<T>(): <S extends AnySchema>(schema: S & MustSay<S, T>) => Check<T> {
  return (schema) =>
    (value): value is T =>
      v.is(schema, value);
}

/** The parameters of a request that has none. */
export const nothing = v.record(v.string(), v.never());
/** A position or a count: a safe integer from 0 up. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Any finite number. */
export const finite = v.pipe(v.number(), v.finite());
export const texts = v.array(v.string());
export const textByName = v.record(v.string(), v.string());
