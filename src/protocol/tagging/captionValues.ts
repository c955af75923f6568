import * as v from 'valibot';
import {
  defaultWriteOptions,
  recordPlaces,
  separatorProblem,
  writeModes,
  type WriteOptions,
} from '../../tags/writeMode';
import {
  defaultCaptionOptions,
  defaultThresholds,
  type CaptionOptions,
  type RatingPlace,
  type TagOrder,
  type Thresholds,
} from './captionOptions';

/** The categories whose threshold MCut derives from the scores. */
const mcutChoices = ['off', 'general', 'character', 'both'] as const;
const ratingPlaces = ['off', 'first', 'last'] as const satisfies readonly RatingPlace[];
const tagOrders = ['confidence', 'model'] as const satisfies readonly TagOrder[];

const notAScore = 'must be a number from 0 to 1';
const notACount = 'must be a whole number from 0 up';

/** A score or threshold, 0..1. The messages of this schema and those below are the end of a sentence. */
export const scoreValue = v.pipe(v.number(notAScore), v.minValue(0, notAScore), v.maxValue(1, notAScore));

/** A count: a safe integer from 0 up. */
export const countValue = v.pipe(v.number(notACount), v.safeInteger(notACount), v.minValue(0, notACount));

/** The separator between two tags. */
export const separatorValue = v.pipe(
  v.string(),
  v.check(
    (separator) => separatorProblem(separator) === undefined,
    ({ input }) => separatorProblem(input) ?? '',
  ),
);

/** Accepts one of the given words. @param choices at least two */
export function choiceValue<const T extends readonly string[]>(choices: T): v.PicklistSchema<T, string> {
  return v.picklist(choices, `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`);
}

/** What is wrong with a value, as the end of a sentence; undefined if the schema accepts it. */
export function problemOf(schema: v.GenericSchema, value: unknown): string | undefined {
  const { issues } = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  return issues?.[0].message;
}

/**
 * A source of the values that say how captions are made: settings or flags. Each method returns the value of a name, or
 * `usual` if there is none. For a value that its schema does not accept, a source either throws or returns `usual`.
 * Names are those of the settings without their section, such as `maximumTags`.
 */
export interface CaptionValues {
  choice: <T extends string>(name: string, choices: readonly T[], usual: T) => T;
  /** see {@link countValue} */
  count: (name: string, usual: number) => number;
  /** see {@link scoreValue} */
  score: (name: string, usual: number) => number;
  /** see {@link separatorValue} */
  separator: (name: string, usual: string) => string;
  truth: (name: string, usual: boolean) => boolean;
  /** a list; empty if there is none */
  texts: (name: string) => string[];
  textsByName: (name: string) => Record<string, string>;
}

/**
 * Reads how scores become captions.
 * @throws what the source throws for a value that it does not accept, here and below
 */
export function readCaptionOptions(values: CaptionValues): CaptionOptions {
  const usual = defaultCaptionOptions;
  const mcut = values.choice('mcut', mcutChoices, 'off');
  return {
    mcut: { general: mcut === 'general' || mcut === 'both', character: mcut === 'character' || mcut === 'both' },
    maximumTags: values.count('maximumTags', usual.maximumTags),
    rating: values.choice('rating', ratingPlaces, usual.rating),
    ratingNames: values.textsByName('ratingNames'),
    characterTagsFirst: values.truth('characterTagsFirst', usual.characterTagsFirst),
    expandCharacterTags: values.truth('expandCharacterTags', usual.expandCharacterTags),
    order: values.choice('tagOrder', tagOrders, usual.order),
    keepUnderscores: values.truth('keepUnderscores', usual.keepUnderscores),
    escapeParentheses: values.truth('escapeParentheses', usual.escapeParentheses),
    excludedTags: values.texts('excludedTags'),
    alwaysFirstTags: values.texts('alwaysFirstTags'),
    addedTags: values.texts('addedTags'),
    replacements: values.textsByName('replacements'),
  };
}

/** Reads the thresholds. */
export function readThresholds(values: CaptionValues): Thresholds {
  return {
    general: values.score('generalThreshold', defaultThresholds.general),
    character: values.score('characterThreshold', defaultThresholds.character),
  };
}

/** Reads how tags are written into captions. @param usualMode what is done with a caption where nothing says it */
export function readWriteOptions(values: CaptionValues, usualMode = defaultWriteOptions.mode): WriteOptions {
  const separator = values.separator('separator', defaultWriteOptions.separator);
  const records = values.choice('records', recordPlaces, 'dataset');
  return {
    mode: values.choice('writeMode', writeModes, usualMode),
    keepFirst: values.count('keepFirstTags', defaultWriteOptions.keepFirst),
    separator,
    // Left out at its default, as manifests of older jobs lack it and are compared.
    ...(records === 'dataset' ? {} : { records }),
  };
}
