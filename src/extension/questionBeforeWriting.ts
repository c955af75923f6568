import type { WriteOptions } from '../dataset/writeMode';

/** Puts values into `{0}`, `{1}`, … of a text, translated where it can be. */
export type Translate = (text: string, ...values: (string | number)[]) => string;

/**
 * What a user is asked before a job changes captions that are there.
 * @param write how tags are written; never `onlyEmpty`, which changes none
 * @param images how many images the job captions
 * @param changed how many of them have a caption
 */
export function questionBeforeWriting(
  { mode, keepFirst }: WriteOptions,
  images: number,
  changed: number,
  translate: Translate,
): string {
  const t = translate;
  if (images === 1) {
    if (mode === 'append') return t('Append new tags to the caption of this image?');
    if (mode === 'prepend') return t('Put new tags in front of the caption of this image?');
    if (keepFirst === 0) return t('Replace the caption of this image?');
    return keepFirst === 1
      ? t('Replace the caption of this image, but for its first tag?')
      : t('Replace the caption of this image, but for its first {0} tags?', keepFirst);
  }
  const start = t('Caption {0} images?', images);
  return `${start} ${whatHappens(mode, keepFirst, changed, t)}`;
}

function whatHappens(mode: WriteOptions['mode'], keepFirst: number, changed: number, t: Translate): string {
  const one = changed === 1;
  if (mode === 'append') {
    return one
      ? t('New tags will be appended to 1 caption.')
      : t('New tags will be appended to {0} captions.', changed);
  }
  if (mode === 'prepend') {
    return one
      ? t('New tags will be put in front of 1 caption.')
      : t('New tags will be put in front of {0} captions.', changed);
  }
  const replaced = one ? t('1 caption will be replaced.') : t('{0} captions will be replaced.', changed);
  if (keepFirst === 0) return replaced;
  const kept = keepFirst === 1 ? t('The first tag of each stays.') : t('The first {0} tags of each stay.', keepFirst);
  return `${replaced} ${kept}`;
}
