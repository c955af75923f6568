import * as l10n from '@vscode/l10n';
import { parseTagList } from '../../tags/captionGrammar';
import type { CaptionEdit } from '../../dataset/edits/captionEdit';
import { EditError } from '../../dataset/edits/EditError';
import type { TagMatch } from '../../dataset/edits/tagPattern';
import type { EditForm, EditOperation } from '../../protocol/page/bulkEditProtocol';

/**
 * The edit that a form asks for.
 * @throws EditError `FORM_INCOMPLETE`, whose message says which field is missing
 */
export function editOfForm(form: EditForm): CaptionEdit {
  const { operation, position, keepFirst, replacement } = form;
  switch (operation) {
    case 'addTags':
      return { kind: operation, tags: tags(form.tags, l10n.t('Type the tags to add.')), position, keepFirst };
    case 'removeTags':
      return { kind: operation, match: tagMatch(form, l10n.t('Type the tags to remove.')) };
    case 'replaceTags':
      return { kind: operation, match: tagMatch(form, l10n.t('Type the tags to replace.')), replacement };
    case 'moveTags':
      return { kind: operation, tags: tags(form.tags, l10n.t('Type the tags to move to the front.')), keepFirst };
    case 'sortTags':
      return { kind: operation, by: form.sortBy, keepFirst };
    case 'replaceText': {
      if (form.find === '') throw incomplete(l10n.t('Type the text to find.'));
      const { find, regex, matchCase } = form;
      return { kind: operation, find, replacement, regex, matchCase };
    }
    case 'setCaption':
      if (form.text.trim() === '') throw incomplete(l10n.t('Type the caption, or choose to clear captions.'));
      return { kind: operation, text: form.text, how: form.how };
    case 'deduplicate':
    case 'separators':
    case 'clear':
      return { kind: operation };
    case 'restoreSnapshot':
      throw incomplete(l10n.t('Choose a snapshot in the dataset history.'));
    case 'captionPreview':
      throw incomplete(previewGone());
  }
}

/** The error if the preview of a job is gone. */
export function previewGone(): string {
  return l10n.t('The preview is gone. Ask for another one: Caption All, then Preview….');
}

/** The name of an edit in the Undo menu. */
export function editLabel(operation: EditOperation): string {
  const labels: Record<EditOperation, string> = {
    addTags: l10n.t('Add Tags'),
    removeTags: l10n.t('Remove Tags'),
    replaceTags: l10n.t('Replace Tags'),
    moveTags: l10n.t('Move Tags to the Front'),
    deduplicate: l10n.t('Remove Duplicate Tags'),
    sortTags: l10n.t('Sort Tags'),
    separators: l10n.t('Tidy Separators'),
    replaceText: l10n.t('Replace Text'),
    setCaption: l10n.t('Set Captions'),
    clear: l10n.t('Clear Captions'),
    restoreSnapshot: l10n.t('Restore Snapshot'),
    captionPreview: l10n.t('Caption Images'),
  };
  return labels[operation];
}

/** Whether an edit works on tags, so that its preview compares tags instead of words. */
export function meansTags(operation: EditOperation): boolean {
  return operation !== 'replaceText' && operation !== 'separators' && operation !== 'clear';
}

function tags(text: string, missing: string): string[] {
  const found = parseTagList(text);
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
