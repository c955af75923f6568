import path from 'node:path';
import { hasImageExtension, imageExtensions } from '../../dataset/files/imageFiles';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { readHistory } from '../../records/edits/readHistory';
import { recordRootOf } from '../../records/recordFolder';
import { captionHistory, type HistoryState } from '../../snapshots/captionHistory';
import { captionInSnapshots } from '../../snapshots/captionInSnapshots';
import { captionExtensionFlag, captionExtensionHelp, onlyPositional, openImage } from '../flags/inputFolder';
import type { Command } from '../shared/Command';
import { noteLaterRecords } from '../shared/noteLaterRecords';
import { UsageError } from '../shared/UsageError';
import { titleOf } from './snapshotTexts';

/** Prints what the caption of an image held over time. */
export const historyCommand: Command = {
  usage: '<image>',
  summary: 'what the caption of an image held, when, who wrote it and what each changed',
  flagHelp: [captionExtensionHelp],
  flags: captionExtensionFlag,
  async run(input) {
    const { json, output, signal } = input;
    const given = path.resolve(onlyPositional(input, 'image'));
    if (!hasImageExtension(given)) throw new UsageError(`Not an image (${imageExtensions.join(' ')}): ${given}`);
    const dataset = await openImage(given, input);
    const [caption] = dataset.allCaptions;
    if (caption === undefined) throw new UsageError(`There is no such image: ${given}`);
    if (caption.unreadable !== undefined) throw caption.unreadable;
    const root = recordRootOf(dataset.folder);
    const captionPath = datasetPathOf(root, dataset.absolute(caption.path));
    const present = { caption: captionPath, text: caption.text, picture: dataset.absolute(caption.images[0] ?? '') };
    const { history: records } = await readHistory(root, [present], signal);
    noteLaterRecords(output, records.laterFiles);
    const seen = await captionInSnapshots(root, given, dataset.options.captionExtension, signal);
    const history = captionHistory(records.statesOf(captionPath, caption.text), seen);
    if (json) await output.result(`${JSON.stringify({ image: given, states: history.map(asJson) })}\n`);
    else for (const line of history.flatMap(described)) await output.line(line);
    if (history.length === 0) output.note('The image has no caption, and had none as far as is known.');
    return 'done';
  },
};

function asJson({ hash, text, kind, when, author, snapshots, difference }: HistoryState): object {
  return {
    hash,
    text: text ?? null,
    kind,
    when: timeOf(when),
    by: author?.by ?? null,
    name: author?.name ?? null,
    job: author?.job ?? null,
    came: difference?.came ?? null,
    went: difference?.went ?? null,
    snapshots: snapshots.map(({ id }) => id),
  };
}

function described({ kind, when, author, snapshots, difference, text }: HistoryState): string[] {
  const who = author === undefined ? undefined : [author.by, author.name ?? [], author.job ?? []].flat().join(' ');
  const what =
    kind === 'snapshot'
      ? 'as a snapshot has it'
      : kind === 'found'
        ? 'as it was found; no record says since when'
        : `${kind}${who === undefined ? '' : ` by ${who}`}`;
  const head = [timeOf(when) ?? [], what].flat().join('  ');
  const places = snapshots.map((one) => `    in snapshot ${one.id} (${titleOf(one)})`);
  if (difference === undefined) return [head, `    ${text ?? 'The text is not known.'}`, ...places];
  const parts = [...difference.went.map((one) => `    - ${one}`), ...difference.came.map((one) => `    + ${one}`)];
  const changes = parts.length === 0 ? ['    only order, separators or blanks differ'] : parts.map(nameInOneLine);
  return [head, ...changes, ...places];
}

function timeOf(when: number | undefined): string | null {
  return when === undefined ? null : new Date(when).toISOString();
}
