import * as v from 'valibot';
import { defaultWriteOptions, separatorProblem, writeModes, type WriteOptions } from '../../tags/writeMode';
import {
  defaultCaptionOptions,
  defaultThresholds,
  type CaptionOptions,
  type Thresholds,
} from '../../protocol/tagging/captionOptions';
import { readEach, score, textsByNameOf, textsOf, wholeNumber } from '../shared/schemas';

/** Reads a setting by its name without the section. The value can be anything: settings.json is not checked. */
export type ReadSetting = (name: string) => unknown;

// Each has a fallback for invalid values. Lists and objects are copied: VS Code gives proxies, which cannot be sent to
// another process.
const captionSchemas = {
  mcut: v.fallback(v.picklist(['off', 'general', 'character', 'both']), 'off'),
  maximumTags: v.fallback(wholeNumber(), defaultCaptionOptions.maximumTags),
  rating: v.fallback(v.picklist(['off', 'first', 'last']), defaultCaptionOptions.rating),
  ratingNames: textsByNameOf,
  characterTagsFirst: v.fallback(v.boolean(), defaultCaptionOptions.characterTagsFirst),
  expandCharacterTags: v.fallback(v.boolean(), defaultCaptionOptions.expandCharacterTags),
  tagOrder: v.fallback(v.picklist(['confidence', 'model']), defaultCaptionOptions.order),
  keepUnderscores: v.fallback(v.boolean(), defaultCaptionOptions.keepUnderscores),
  escapeParentheses: v.fallback(v.boolean(), defaultCaptionOptions.escapeParentheses),
  excludedTags: textsOf,
  alwaysFirstTags: textsOf,
  addedTags: textsOf,
  replacements: textsByNameOf,
};

const thresholdSchemas = {
  generalThreshold: v.fallback(score, defaultThresholds.general),
  characterThreshold: v.fallback(score, defaultThresholds.character),
};

const separator = v.pipe(
  v.string(),
  v.check((text) => separatorProblem(text) === undefined),
);
const writeSchemas = {
  writeMode: v.fallback(v.picklist(writeModes), defaultWriteOptions.mode),
  keepFirstTags: v.fallback(wholeNumber(), defaultWriteOptions.keepFirst),
  separator: v.fallback(separator, defaultWriteOptions.separator),
};

/** How scores become captions. Invalid values count as not set. */
export function captionOptionsOf(read: ReadSetting): CaptionOptions {
  const { mcut, tagOrder, ...options } = readEach(captionSchemas, read);
  return {
    ...options,
    mcut: { general: mcut === 'general' || mcut === 'both', character: mcut === 'character' || mcut === 'both' },
    order: tagOrder,
  };
}

/** The scores from which tags are kept. Invalid values count as not set. */
export function thresholdsOf(read: ReadSetting): Thresholds {
  const { generalThreshold, characterThreshold } = readEach(thresholdSchemas, read);
  return { general: generalThreshold, character: characterThreshold };
}

/** How tags are written into captions. Invalid values count as not set. */
export function writeOptionsOf(read: ReadSetting): WriteOptions {
  const options = readEach(writeSchemas, read);
  return { mode: options.writeMode, keepFirst: options.keepFirstTags, separator: options.separator };
}
