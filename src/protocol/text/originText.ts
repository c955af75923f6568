import * as l10n from '@vscode/l10n';
import type { PartMark } from '../page/originProtocol';
import { nameInOneLine } from './escapeControls';

/**
 * Who wrote a part of a caption, in words: `wd-convnext-tagger-v3, 0.82, 28 November`.
 * @param language of the date, such as `de`
 * @param now milliseconds since 1970: a date of another year has its year
 */
export function originText(mark: Omit<PartMark, 'text'>, language: string | undefined, now = Date.now()): string {
  const { score, when } = mark;
  return [
    writerText(mark),
    ...(score === undefined ? [] : [score.toFixed(2)]),
    ...(when === undefined ? [] : [dateText(when, language, now)]),
  ].join(', ');
}

/** Who wrote a part, in words. */
export function writerText({ by, name = '' }: Pick<PartMark, 'by' | 'name'>): string {
  switch (by) {
    case 'tagger':
      return name === '' ? l10n.t('a tagger') : nameInOneLine(name);
    case 'captioner':
      return name === '' ? l10n.t('a captioner') : nameInOneLine(name);
    case 'bulk':
      return l10n.t('bulk edit');
    case 'import':
      return l10n.t('import');
    case 'outside':
      return l10n.t('another program');
    case 'hand':
      return l10n.t('by hand');
  }
}

/** The day of a time, without the year if it is this one. */
export function dateText(when: number, language: string | undefined, now = Date.now()): string {
  const date = new Date(when);
  // A record may say anything.
  if (Number.isNaN(date.getTime())) return l10n.t('at an unknown time');
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', ...year }).format(date);
}
