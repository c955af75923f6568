import { choiceValue, countValue, problemOf, scoreValue } from '../../protocol/tagging/captionValues';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** The spelling in flags of a setting's name or value: `onlyEmpty` becomes `only-empty`. */
export function flagSpelling(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The value of a flag that is one of several words, in the spelling of flags or in that of settings.
 * @throws UsageError for another word
 */
export function choice<T extends string>(input: CommandInput, flag: string, choices: readonly T[], usual: T): T {
  const given = input.text(flag) ?? usual;
  const known = choices.find((one) => one === given || flagSpelling(one) === given);
  if (known === undefined) throw wrongValue(flag, problemOf(choiceValue(choices.map(flagSpelling)), given), given);
  return known;
}

/** The value of a flag that is a whole number of at most 9 digits. @throws UsageError for anything else */
export function count(input: CommandInput, flag: string, usual: number): number {
  const text = input.text(flag);
  if (text === undefined) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  const problem = problemOf(countValue, value);
  if (problem !== undefined) throw wrongValue(flag, problem, text);
  return value;
}

/** Parses a score that was given with a flag, 0..1. @throws UsageError for anything else */
export function score(flag: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  const problem = problemOf(scoreValue, value);
  if (problem !== undefined) throw wrongValue(flag, problem, text);
  return value;
}

function wrongValue(flag: string, problem: string | undefined, given: string): UsageError {
  return new UsageError(`--${flag} ${problem ?? 'cannot be used'}, not "${given}".`);
}
