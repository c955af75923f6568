import type { WriteOptions } from '../../tags/writeMode';
import type { CaptionOptions, Thresholds } from '../../protocol/tagging/captionOptions';
import {
  problemOf,
  readCaptionOptions,
  readThresholds,
  readWriteOptions,
  separatorValue,
  type CaptionValues,
} from '../../protocol/tagging/captionValues';
import type { Command, CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { choice, count, flagSpelling, score } from './flagValues';

/** The flags for which tags a caption gets and how they are written. */
export const captionFlags: Command['flags'] = {
  'general-threshold': { type: 'string' },
  'character-threshold': { type: 'string' },
  mcut: { type: 'string' },
  'maximum-tags': { type: 'string' },
  rating: { type: 'string' },
  'rating-names': { type: 'string', multiple: true },
  'character-tags-first': { type: 'boolean' },
  'expand-character-tags': { type: 'boolean' },
  'tag-order': { type: 'string' },
  'keep-underscores': { type: 'boolean' },
  'escape-parentheses': { type: 'boolean' },
  'excluded-tags': { type: 'string', multiple: true },
  'always-first-tags': { type: 'string', multiple: true },
  'added-tags': { type: 'string', multiple: true },
  replacements: { type: 'string', multiple: true },
  separator: { type: 'string' },
  'write-mode': { type: 'string' },
  'keep-first-tags': { type: 'string' },
  records: { type: 'string' },
};

export const captionFlagHelp = [
  '--general-threshold X    a general tag is kept when its score is greater, 0 to 1 (default 0.35)',
  '--character-threshold X  a character tag is kept when its score is greater, 0 to 1 (default 0.85)',
  '--mcut WHICH             thresholds found in the scores: off (default), general, character or both',
  '--maximum-tags N         at most so many tags of the model, the surest ones; 0 (default) for no limit',
  '--rating PLACE           the rating as a tag: off (default), first or last',
  '--rating-names A=B,…     what ratings are called, such as "explicit=nsfw"; "general=" leaves it out',
  '--character-tags-first   character tags in front of the others',
  '--expand-character-tags  "name_(series)" becomes "name, series"',
  '--tag-order ORDER        confidence (default): the surest first; model: as in selected_tags.csv',
  '--keep-underscores       "long_hair", not "long hair"',
  '--escape-parentheses     "\\(" and "\\)" for parentheses',
  '--excluded-tags A,B      tags left out; * stands for any text, ? for one character',
  '--always-first-tags A,B  tags that go to the front in this order where they were found',
  '--added-tags A,B         tags that every caption gets in front, as they stand',
  '--replacements A=B,…     B for the tag A; "A=" removes it; "\\," and "\\=" for a comma or "=" in a name',
  '                         these lists may be given several times',
  '--separator TEXT         between two tags (default ", ")',
  '--write-mode MODE        what becomes of a caption that is there: replace (default), append or prepend new tags,',
  '                         update replaces what taggers wrote and keeps what persons wrote, moved or deleted,',
  '                         only-empty leaves it',
  '--keep-first-tags N      the first so many tags of a caption stay in front (default 0)',
  '--records PLACE          who wrote what, which update needs: dataset (default) in .dataset-captions of the folder;',
  '                         storage in a folder of your own on this machine; off nowhere, and update only adds',
];

/**
 * Reads from the flags how scores become captions.
 * @throws UsageError for a value that cannot be used
 */
export function captionOptionsOf(input: CommandInput): CaptionOptions {
  return readCaptionOptions(valuesOf(input));
}

/**
 * Reads the thresholds from the flags.
 * @throws UsageError for a value that cannot be used
 */
export function thresholdsOf(input: CommandInput): Thresholds {
  return readThresholds(valuesOf(input));
}

/**
 * Reads from the flags how tags are written into captions.
 * @throws UsageError for a value that cannot be used
 */
export function writeOptionsOf(input: CommandInput): WriteOptions {
  return readWriteOptions(valuesOf(input));
}

/** The values of the flags, by the names of the corresponding settings. */
function valuesOf(input: CommandInput): CaptionValues {
  return {
    choice: (name, choices, usual) => choice(input, flagSpelling(name), choices, usual),
    count: (name, usual) => count(input, flagSpelling(name), usual),
    score: (name, usual) => {
      const flag = flagSpelling(name);
      const text = input.text(flag);
      return text === undefined ? usual : score(flag, text);
    },
    separator: (name, usual) => {
      const flag = flagSpelling(name);
      const separator = input.text(flag) ?? usual;
      const problem = problemOf(separatorValue, separator);
      if (problem !== undefined) throw new UsageError(`--${flag} ${problem}.`);
      return separator;
    },
    truth: (name, usual) => input.isSet(flagSpelling(name)) || usual,
    texts: (name) => input.texts(flagSpelling(name)),
    textsByName: (name) => pairs(input, flagSpelling(name)),
  };
}

/** Parses `A=B,C=D`. A pair is divided at its first `=`. `\,` and `\=` are a comma and an equals sign in a name. */
function pairs(input: CommandInput, flag: string): Record<string, string> {
  const found: [string, string][] = [];
  for (const pair of input.texts(flag).flatMap((text) => text.split(/(?<!\\),/))) {
    if (pair.trim() === '') continue;
    const equals = pair.search(/(?<!\\)=/);
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)].map((part) =>
      part.replace(/\\([,=])/g, '$1'),
    );
    if (equals === -1 || name === undefined || value === undefined || name.trim() === '') {
      throw new UsageError(`--${flag} takes NAME=OTHER, or NAME= for nothing; "${pair.trim()}" is neither.`);
    }
    found.push([name.trim(), value.trim()]);
  }
  return Object.fromEntries(found);
}
