import * as l10n from '@vscode/l10n';
import type { WriteOptions } from '../../tags/writeMode';

/**
 * The question to the user before a job changes existing captions.
 * @param write how tags are written; never `onlyEmpty`, which changes no existing caption
 * @param images how many images the job captions
 * @param changed how many of them have a caption
 */
export function questionBeforeWriting({ mode, keepFirst }: WriteOptions, images: number, changed: number): string {
  if (images === 1) {
    if (mode === 'append') return l10n.t('Append new tags to the caption of this image?');
    if (mode === 'prepend') return l10n.t('Put new tags in front of the caption of this image?');
    if (mode === 'update') return l10n.t('Update the caption of this image? What you wrote or deleted stays so.');
    if (keepFirst === 0) return l10n.t('Replace the caption of this image?');
    return keepFirst === 1
      ? l10n.t('Replace the caption of this image, but for its first tag?')
      : l10n.t('Replace the caption of this image, but for its first {0} tags?', keepFirst);
  }
  const start = l10n.t('Caption {0} images?', images);
  return `${start} ${whatHappens(mode, keepFirst, changed)}`;
}

function whatHappens(mode: WriteOptions['mode'], keepFirst: number, changed: number): string {
  const one = changed === 1;
  if (mode === 'append') {
    return one
      ? l10n.t('New tags will be appended to 1 caption.')
      : l10n.t('New tags will be appended to {0} captions.', changed);
  }
  if (mode === 'prepend') {
    return one
      ? l10n.t('New tags will be put in front of 1 caption.')
      : l10n.t('New tags will be put in front of {0} captions.', changed);
  }
  if (mode === 'update') {
    return one
      ? l10n.t('1 caption will be updated: what you wrote or deleted stays so.')
      : l10n.t('{0} captions will be updated: what you wrote or deleted stays so.', changed);
  }
  const replaced = one ? l10n.t('1 caption will be replaced.') : l10n.t('{0} captions will be replaced.', changed);
  if (keepFirst === 0) return replaced;
  const kept =
    keepFirst === 1 ? l10n.t('The first tag of each stays.') : l10n.t('The first {0} tags of each stay.', keepFirst);
  return `${replaced} ${kept}`;
}
