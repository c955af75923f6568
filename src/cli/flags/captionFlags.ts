import {
  defaultWriteOptions,
  separatorProblem,
  writeModes,
  type WriteMode,
  type WriteOptions,
} from '../../tags/writeMode';
import {
  defaultCaptionOptions,
  defaultThresholds,
  type CaptionOptions,
  type Thresholds,
} from '../../protocol/tagging/captionOptions';
import type { Command, CommandInput } from '../shared/Command';
import { choice, count, score, wrongChoice } from './flagValues';
import { UsageError } from '../shared/UsageError';

/** The flags that say which tags a caption gets and how they are written. */
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
  '                         only-empty leaves it',
  '--keep-first-tags N      the first so many tags of a caption stay in front (default 0)',
];

/**
 * How scores become captions, as the flags say.
 * @throws UsageError for a value that cannot be used
 */
export function captionOptionsOf(input: CommandInput): CaptionOptions {
  const usual = defaultCaptionOptions;
  const mcut = choice(input, 'mcut', ['off', 'general', 'character', 'both'], 'off');
  return {
    mcut: { general: mcut === 'general' || mcut === 'both', character: mcut === 'character' || mcut === 'both' },
    maximumTags: count(input, 'maximum-tags', usual.maximumTags),
    rating: choice(input, 'rating', ['off', 'first', 'last'], usual.rating),
    ratingNames: pairs(input, 'rating-names'),
    characterTagsFirst: input.isSet('character-tags-first'),
    expandCharacterTags: input.isSet('expand-character-tags'),
    order: choice(input, 'tag-order', ['confidence', 'model'], usual.order),
    keepUnderscores: input.isSet('keep-underscores'),
    escapeParentheses: input.isSet('escape-parentheses'),
    excludedTags: input.texts('excluded-tags'),
    alwaysFirstTags: input.texts('always-first-tags'),
    addedTags: input.texts('added-tags'),
    replacements: pairs(input, 'replacements'),
  };
}

/**
 * The scores from which tags are kept, as the flags say.
 * @throws UsageError for a value that cannot be used
 */
export function thresholdsOf(input: CommandInput): Thresholds {
  return {
    general: scoreOf(input, 'general-threshold', defaultThresholds.general),
    character: scoreOf(input, 'character-threshold', defaultThresholds.character),
  };
}

/**
 * How tags are written into captions, as the flags say.
 * @throws UsageError for a value that cannot be used
 */
export function writeOptionsOf(input: CommandInput): WriteOptions {
  const separator = input.text('separator') ?? defaultWriteOptions.separator;
  const problem = separatorProblem(separator);
  if (problem !== undefined) throw new UsageError(`--separator ${problem}.`);
  return {
    mode: writeModeOf(input),
    keepFirst: count(input, 'keep-first-tags', defaultWriteOptions.keepFirst),
    separator,
  };
}

/** The write mode in the spelling of flags, or in that of the setting. */
function writeModeOf(input: CommandInput): WriteMode {
  const given = input.text('write-mode') ?? defaultWriteOptions.mode;
  const mode = writeModes.find((one) => one === given || spelling(one) === given);
  if (mode === undefined) throw wrongChoice('write-mode', writeModes.map(spelling), given);
  return mode;
}

function spelling(mode: WriteMode): string {
  return mode === 'onlyEmpty' ? 'only-empty' : mode;
}

function scoreOf(input: CommandInput, flag: string, usual: number): number {
  const text = input.text(flag);
  return text === undefined ? usual : score(flag, text);
}

/** `A=B,C=D`: what stands before the first `=`, and the rest. `\,` and `\=` are a comma and an equals sign of a name. */
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
