import * as l10n from '@vscode/l10n';
import { looksLikeJson, makesJson } from './jsonTemplate';
import { templateParts } from './templateParts';

/** The categories of tags that lists of taggers know, by their names on Danbooru and in the lists of newer taggers. */
export const tagCategories = [
  'general',
  'character',
  'copyright',
  'artist',
  'meta',
  'rating',
  'quality',
  'year',
] as const;

/**
 * What a prompt can hold in braces: the tags of the caption (`tags:character` and so on: those of one category), all of
 * the caption, the trigger of the profile, the names of the folder and of the file without its extension, and what
 * persons wrote in the caption.
 */
export const promptPlaceholders: readonly string[] = [
  'tags',
  ...tagCategories.map((category) => `tags:${category}`),
  'caption',
  'trigger',
  'folder',
  'filename',
  'origin:hand',
];

/** What the text of a caption file can hold in braces. */
export const outputPlaceholders: readonly string[] = ['prose', 'tags', 'trigger'];

/** The problems of a prompt, in sentences for the user. */
export function promptProblems(template: string, system = ''): string[] {
  return template.trim() === ''
    ? [l10n.t('The prompt is empty: say what the model shall write about a picture.')]
    : unknownPlaceholders(`${system}\n${template}`, promptPlaceholders);
}

/** The problems of a template of a caption file, in sentences for the user. */
export function outputProblems(template: string): string[] {
  const problems = unknownPlaceholders(template, outputPlaceholders);
  const proses = templateParts(template).filter(({ kind, text }) => kind === 'placeholder' && text === 'prose').length;
  if (proses === 0) {
    problems.push(
      l10n.t('The template has no {0}, which is what the model wrote: nothing of it would be kept.', prose),
    );
  }
  if (looksLikeJson(template) && !makesJson(template)) {
    problems.push(
      l10n.t(
        'The template begins like JSON and is none: {0} has to stand within the quotation marks of a text.',
        prose,
      ),
    );
  }
  if (proses > 1) problems.push(l10n.t('The template has {0} more than once.', prose));
  return problems;
}

const prose = '{prose}';

/** A sentence for each placeholder that is none of `known`. */
function unknownPlaceholders(template: string, known: readonly string[]): string[] {
  const unknown = templateParts(template).flatMap(({ kind, text }) =>
    kind === 'placeholder' && !known.includes(text) ? [text] : [],
  );
  const list = known.map((name) => `{${name}}`).join(', ');
  return [...new Set(unknown)].map((name) =>
    l10n.t('{0} is no placeholder. Known are {1}. As plain text it is written {2}.', `{${name}}`, list, `{{${name}}}`),
  );
}
