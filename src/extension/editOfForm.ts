import { parseTags } from '../dataset/captionText';
import type { CaptionEdit } from '../dataset/edits/captionEdit';
import { EditError } from '../dataset/edits/EditError';
import type { TagMatch } from '../dataset/edits/tagPattern';
import type { EditForm, EditOperation } from '../protocol/bulkEditProtocol';
import type { Translate } from './questionBeforeWriting';

/**
 * The edit that a form asks for.
 * @throws EditError FORM_INCOMPLETE with what is still to be filled in
 */
export function editOfForm(form: EditForm, t: Translate): CaptionEdit {
  const { operation, position, keepFirst, replacement } = form;
  switch (operation) {
    case 'addTags':
      return { kind: operation, tags: tags(form.tags, t('Type the tags to add.')), position, keepFirst };
    case 'removeTags':
      return { kind: operation, match: tagMatch(form, t('Type the tags to remove.')) };
    case 'replaceTags':
      return { kind: operation, match: tagMatch(form, t('Type the tags to replace.')), replacement };
    case 'moveTags':
      return { kind: operation, tags: tags(form.tags, t('Type the tags to move to the front.')), keepFirst };
    case 'sortTags':
      return { kind: operation, by: form.sortBy, keepFirst };
    case 'replaceText': {
      if (form.find === '') throw incomplete(t('Type the text to find.'));
      const { find, regex, matchCase } = form;
      return { kind: operation, find, replacement, regex, matchCase };
    }
    case 'setCaption':
      if (form.text.trim() === '') throw incomplete(t('Type the caption, or choose to clear captions.'));
      return { kind: operation, text: form.text, how: form.how };
    case 'deduplicate':
    case 'separators':
    case 'clear':
      return { kind: operation };
  }
}

/** What an edit is called where it can be undone. */
export function editLabel(operation: EditOperation, t: Translate): string {
  const labels: Record<EditOperation, string> = {
    addTags: t('Add Tags'),
    removeTags: t('Remove Tags'),
    replaceTags: t('Replace Tags'),
    moveTags: t('Move Tags to the Front'),
    deduplicate: t('Remove Duplicate Tags'),
    sortTags: t('Sort Tags'),
    separators: t('Tidy Separators'),
    replaceText: t('Replace Text'),
    setCaption: t('Set Captions'),
    clear: t('Clear Captions'),
  };
  return labels[operation];
}

/** Whether an edit means tags, and its difference is best shown in tags. */
export function meansTags(operation: EditOperation): boolean {
  return operation !== 'replaceText' && operation !== 'separators' && operation !== 'clear';
}

function tags(text: string, missing: string): string[] {
  const found = parseTags(text.replaceAll('\n', ','));
  if (found.length === 0) throw incomplete(missing);
  return found;
}

function tagMatch({ find, match, matchCase }: EditForm, missing: string): TagMatch {
  if (match !== 'regex') return { kind: match, patterns: tags(find, missing) };
  if (find === '') throw incomplete(missing);
  return { kind: match, pattern: find, matchCase };
}

function incomplete(message: string): EditError {
  return new EditError('FORM_INCOMPLETE', message);
}
