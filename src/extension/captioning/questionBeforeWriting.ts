import * as l10n from '@vscode/l10n';
import type { WriteOptions } from '../../tags/writeMode';

/**
 * The question to the user before a job changes existing captions.
 * @param write how tags are written; never `onlyEmpty`, which changes no existing caption
 * @param images how many images the job captions
 * @param changed how many of them have a caption
 * @param isRecorded whether there are records of who wrote what in this dataset, without which `update` only adds
 */
export function questionBeforeWriting(
  { mode, keepFirst }: WriteOptions,
  images: number,
  changed: number,
  isRecorded = true,
): string {
  if (images === 1) {
    if (mode === 'append') return l10n.t('Append new tags to the caption of this image?');
    if (mode === 'prepend') return l10n.t('Put new tags in front of the caption of this image?');
    if (mode === 'update') {
      return isRecorded
        ? l10n.t('Update the caption of this image? What you wrote or deleted stays so.')
        : `${l10n.t('Update the caption of this image?')} ${allCountsAsYours()}`;
    }
    if (keepFirst === 0) return l10n.t('Replace the caption of this image?');
    return keepFirst === 1
      ? l10n.t('Replace the caption of this image, but for its first tag?')
      : l10n.t('Replace the caption of this image, but for its first {0} tags?', keepFirst);
  }
  const start = l10n.t('Caption {0} images?', images);
  return `${start} ${whatHappens(mode, keepFirst, changed, isRecorded)}`;
}

function allCountsAsYours(): string {
  return l10n.t('Who wrote what is not recorded here: what is there counts as yours, and tags are only added.');
}

function whatHappens(mode: WriteOptions['mode'], keepFirst: number, changed: number, isRecorded: boolean): string {
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
  if (mode === 'update' && !isRecorded) {
    const updated = one ? l10n.t('1 caption will be updated.') : l10n.t('{0} captions will be updated.', changed);
    return `${updated} ${allCountsAsYours()}`;
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
