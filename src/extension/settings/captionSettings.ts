import { defaultWriteOptions, separatorProblem, writeModes, type WriteOptions } from '../../tags/writeMode';
import {
  defaultCaptionOptions,
  defaultThresholds,
  type CaptionOptions,
  type Thresholds,
} from '../../protocol/tagging/captionOptions';

/** Reads a setting by its name without the section; anything may stand in settings.json. */
export type ReadSetting = (name: string) => unknown;

/** The values of `datasetCaptions.mcut`, and the categories that each means. */
const mcutCategories = ['off', 'general', 'character', 'both'] as const;

/** How scores become captions. A value that cannot be used counts as not set. */
export function captionOptionsOf(read: ReadSetting): CaptionOptions {
  const usual = defaultCaptionOptions;
  const mcut = choice(read('mcut'), mcutCategories, 'off');
  return {
    mcut: { general: mcut === 'general' || mcut === 'both', character: mcut === 'character' || mcut === 'both' },
    maximumTags: count(read('maximumTags'), usual.maximumTags),
    rating: choice(read('rating'), ['off', 'first', 'last'], usual.rating),
    ratingNames: textsByName(read('ratingNames')),
    characterTagsFirst: truth(read('characterTagsFirst'), usual.characterTagsFirst),
    expandCharacterTags: truth(read('expandCharacterTags'), usual.expandCharacterTags),
    order: choice(read('tagOrder'), ['confidence', 'model'], usual.order),
    keepUnderscores: truth(read('keepUnderscores'), usual.keepUnderscores),
    escapeParentheses: truth(read('escapeParentheses'), usual.escapeParentheses),
    excludedTags: texts(read('excludedTags')),
    alwaysFirstTags: texts(read('alwaysFirstTags')),
    addedTags: texts(read('addedTags')),
    replacements: textsByName(read('replacements')),
  };
}

/** The scores from which tags are kept. A value that cannot be used counts as not set. */
export function thresholdsOf(read: ReadSetting): Thresholds {
  return {
    general: score(read('generalThreshold'), defaultThresholds.general),
    character: score(read('characterThreshold'), defaultThresholds.character),
  };
}

/** How tags are written into captions. A value that cannot be used counts as not set. */
export function writeOptionsOf(read: ReadSetting): WriteOptions {
  const separator = read('separator');
  const usable = typeof separator === 'string' && separatorProblem(separator) === undefined;
  return {
    mode: choice(read('writeMode'), writeModes, defaultWriteOptions.mode),
    keepFirst: count(read('keepFirstTags'), defaultWriteOptions.keepFirst),
    separator: usable ? separator : defaultWriteOptions.separator,
  };
}

function choice<T extends string>(value: unknown, choices: readonly T[], usual: T): T {
  return choices.find((one) => one === value) ?? usual;
}

function truth(value: unknown, usual: boolean): boolean {
  return typeof value === 'boolean' ? value : usual;
}

function count(value: unknown, usual: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : usual;
}

function score(value: unknown, usual: number): number {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : usual;
}

// Lists and objects are copied: what VS Code gives are proxies, which cannot be sent to another process.
function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function textsByName(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
