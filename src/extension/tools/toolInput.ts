import * as v from 'valibot';
import { ApiError } from '../api/ApiError';
import { anyRecord, readEach, wholeNumber, type Outputs } from '../shared/schemas';

/**
 * Reads the input of a tool. VS Code does not always check it against the schema in package.json. The error messages
 * are for the language model, so they say what to send and are not translated.
 * @param schemas by the names of the properties; their messages complete the sentence `"name" has to be …`
 * @throws ApiError ARGUMENT_INVALID
 */
export function readInput<S extends Readonly<Record<string, v.GenericSchema>>>(schemas: S, input: unknown): Outputs<S> {
  if (!v.is(anyRecord, input)) throw wrong('input', 'an object');
  return readEach(schemas, (name) => input[name], wrong);
}

function wrong(name: string, what: string): ApiError {
  return new ApiError('ARGUMENT_INVALID', `"${name}" has to be ${what}.`);
}

/** A text that may be missing, null or empty, which all become undefined. */
export const optionalText = v.pipe(
  v.nullish(v.string('a text')),
  v.transform((text) => (text === null || text === '' ? undefined : text)),
);

/** True or false; false if it is missing or null. */
export const optionalTruth = v.nullish(v.boolean('true or false'), false);

/** A text. @param most maximum length in UTF-16 units */
export function requiredText(most: number): v.GenericSchema<string> {
  return v.message(v.pipe(v.string(), v.maxLength(most)), `a text of at most ${most} characters`);
}

/** A whole number from `least` to `most`, both included; `otherwise` if it is missing or null. */
export function optionalNumber({ least, most, otherwise }: NumberRange): v.GenericSchema<unknown, number> {
  return v.nullish(v.message(wholeNumber(least, most), `a whole number from ${least} to ${most}`), otherwise);
}

interface NumberRange {
  least: number;
  most: number;
  otherwise: number;
}

/** A list with 1 to `most` elements. */
export function list(most: number): v.GenericSchema<unknown[]> {
  return v.message(
    v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(most)),
    `a list of 1 to ${most} elements; send more in another call`,
  );
}
