import * as l10n from '@vscode/l10n';
import { inOneLine } from '../../protocol/text/escapeControls';
import type { Comparison } from '../../snapshots/compareStates';

/** So many tags, and images, are listed. */
const maxListed = 2000;

/** What differs between two snapshots, as lines for people. */
export function comparisonText(
  comparison: Comparison,
  before: string,
  after: string,
  language: string | undefined,
): string {
  const { same, changed, onlyForm, new: added, gone, unknown, damaged, lost, parts, changes } = comparison;
  const number = (value: number): string => value.toLocaleString(language);
  const lines = [
    l10n.t('From: {0}', before),
    l10n.t('To: {0}', after),
    '',
    l10n.t(
      'Images: {0} changed, {1} new, {2} gone, {3} the same',
      number(changed),
      number(added),
      number(gone),
      number(same),
    ),
  ];
  if (onlyForm > 0) {
    lines.push(l10n.t('Of the changed ones {0} differ in order, separators or line ends only', number(onlyForm)));
  }
  if (unknown > 0) lines.push(l10n.t('{0} could not be read in one of the two', number(unknown)));
  for (const [snapshot, images] of [
    [before, lost.before],
    [after, lost.after],
  ] as const) {
    if (images > 0)
      lines.push(l10n.t('A list of the snapshot is damaged: {0} (images: {1})', snapshot, number(images)));
  }
  for (const { image, in: where } of damaged.slice(0, maxListed)) {
    lines.push(l10n.t('Damaged in {0}: {1}', where === 'before' ? before : after, inOneLine(image)));
  }
  if (damaged.length > maxListed) lines.push(l10n.t('… and {0} more', number(damaged.length - maxListed)));
  lines.push('', l10n.t('Tags and sentences (images in which each came, and went)'));
  for (const { text, came, went } of parts.slice(0, maxListed)) {
    lines.push(`${`+${number(came)}`.padStart(8)} ${`−${number(went)}`.padStart(8)}  ${inOneLine(text)}`);
  }
  if (parts.length > maxListed) lines.push(l10n.t('… and {0} more', number(parts.length - maxListed)));
  lines.push('', l10n.t('Images'));
  for (const { image, came, went } of changes.slice(0, maxListed)) {
    lines.push(inOneLine(image));
    if (went.length > 0) lines.push(`    − ${inOneLine(went.join(', '))}`);
    if (came.length > 0) lines.push(`    + ${inOneLine(came.join(', '))}`);
  }
  if (changes.length > maxListed) lines.push(l10n.t('… and {0} more', number(changes.length - maxListed)));
  return `${lines.join('\n')}\n`;
}
