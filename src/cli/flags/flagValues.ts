import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** The value of a flag that is one of several words. @throws UsageError for another word */
export function choice<T extends string>(input: CommandInput, flag: string, choices: readonly T[], usual: T): T {
  const given = input.text(flag) ?? usual;
  const known = choices.find((one) => one === given);
  if (known === undefined) throw wrongChoice(flag, choices, given);
  return known;
}

/** The error for a word that a flag does not know. */
export function wrongChoice(flag: string, choices: readonly string[], given: string): UsageError {
  return new UsageError(
    `--${flag} must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}, not "${given}".`,
  );
}

/** The value of a flag that is a whole number. @throws UsageError for anything else */
export function count(input: CommandInput, flag: string, usual: number): number {
  const text = input.text(flag);
  if (text === undefined) return usual;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${flag} must be a whole number from 0 up, not "${text}".`);
  return Number(text);
}

/** A score that was given with a flag, 0..1. @throws UsageError for anything else */
export function score(flag: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= 0 && value <= 1)) throw new UsageError(`--${flag} must be a number from 0 to 1, not "${text}".`);
  return value;
}
