import * as l10n from '@vscode/l10n';
import { promptPlaceholders, promptProblems } from '../../protocol/captioning/placeholders';
import { templateParts } from '../../protocol/captioning/templateParts';
import { PromptError } from './PromptError';

/** What is known of an image before a model sees it. */
export interface PromptValues {
  /** the tags of its caption, or those that a tagger found */
  tags: readonly string[];
  /** the category of a tag as in `tagCategories`; undefined where no list of tags has it */
  categoryOf: (tag: string) => string | undefined;
  /** its whole caption, with LF line ends; empty for none */
  caption: string;
  /** of the profile; empty for none */
  trigger: string;
  /** the name of the folder that the image lies in */
  folder: string;
  /** the name of the image's file, without its extension */
  filename: string;
  /** what persons wrote in its caption, without what machines wrote; empty for none or if nobody knows */
  handText: string;
}

/**
 * A prompt as it is sent: with what is known in place of its placeholders. Values that are put in are not searched for
 * placeholders.
 * @throws PromptError if a placeholder is unknown, or has nothing for this image: an empty place would have the model
 *   describe tags that it was not given
 */
export function fillPrompt(template: string, values: PromptValues): string {
  const [problem] = promptProblems(template);
  if (problem !== undefined) throw new PromptError('PROMPT_PLACEHOLDER', problem);
  const missing = missingFor(template, values);
  if (missing.length > 0) {
    throw new PromptError('PROMPT_VALUE_MISSING', l10n.t('There is nothing for {0}.', missing.join(', ')));
  }
  return templateParts(template)
    .map(({ kind, text }) => (kind === 'text' ? text : valueOf(text, values)))
    .join('');
}

/**
 * The placeholders of a prompt that have nothing for an image, with their braces, each once, in their order; empty if
 * the prompt can be sent. Unknown ones are left out: see `promptProblems`.
 */
export function missingFor(template: string, values: PromptValues): string[] {
  const missing = templateParts(template).flatMap(({ kind, text }) =>
    kind === 'placeholder' && promptPlaceholders.includes(text) && valueOf(text, values) === '' ? [`{${text}}`] : [],
  );
  return [...new Set(missing)];
}

/** The placeholders of a prompt, each once: what has to be known of an image before a model is asked about it. */
export function placeholdersOf(template: string): string[] {
  const names = templateParts(template).flatMap(({ kind, text }) => (kind === 'placeholder' ? [text] : []));
  return [...new Set(names)];
}

function valueOf(name: string, values: PromptValues): string {
  switch (name) {
    case 'tags':
      return tagList(values.tags);
    case 'caption':
      return values.caption.trim();
    case 'trigger':
      return values.trigger.trim();
    case 'folder':
      return values.folder;
    case 'filename':
      return values.filename;
    case 'origin:hand':
      return values.handText.trim();
    default: {
      const category = name.slice('tags:'.length);
      return tagList(values.tags.filter((tag) => values.categoryOf(tag) === category));
    }
  }
}

function tagList(tags: readonly string[]): string {
  return tags.filter((tag) => tag.trim() !== '').join(', ');
}
