import { ApiError } from '../api/ApiError';

/** What a language model sent is not what the tool takes; `message` tells it what to send. In English: models read it. */
function wrong(name: string, what: string): ApiError {
  return new ApiError('ARGUMENT_INVALID', `"${name}" has to be ${what}.`);
}

/** The input of a tool as an object; VS Code does not check it against the schema everywhere. */
export function inputObject(input: unknown): Record<string, unknown> {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input };
  throw wrong('input', 'an object');
}

/** @returns undefined where it is left out or empty */
export function optionalText(input: Record<string, unknown>, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw wrong(name, 'a text');
}

/** @param most how many letters it may have */
export function requiredText(input: Record<string, unknown>, name: string, most: number): string {
  const value = input[name];
  if (typeof value === 'string' && value.length <= most) return value;
  throw wrong(name, `a text of at most ${most} characters`);
}

/** A whole number, or what counts where it is left out. */
export function wholeNumber(
  input: Record<string, unknown>,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const value = input[name] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw wrong(name, `a whole number from ${least} to ${most}`);
}

/** A list with at least one and at most so many elements. */
export function list(input: Record<string, unknown>, name: string, most: number): unknown[] {
  const value = input[name];
  if (Array.isArray(value) && value.length > 0 && value.length <= most) return value as unknown[];
  throw wrong(name, `a list of 1 to ${most} elements; send more in another call`);
}
