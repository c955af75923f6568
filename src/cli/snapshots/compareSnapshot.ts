import path from 'node:path';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { currentStates } from '../../snapshots/CaptionStates';
import { compareStates, type Comparison } from '../../snapshots/compareStates';
import type { CommandInput, CommandOutcome } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { givenSnapshot, snapshotPlace } from './snapshotInput';
import { lostNote } from './snapshotTexts';

/** So many tags and sentences are listed for people; JSON has all. */
const shownParts = 100;

/** Compares a snapshot with a later one, or with what is on the disk. */
export async function compareSnapshot(
  input: CommandInput,
  [given, first, second = 'now', ...more]: readonly string[],
): Promise<CommandOutcome> {
  const { output, signal, json } = input;
  const place = await snapshotPlace(input, given);
  if (first === undefined) throw new UsageError('Which snapshot? None was given.');
  if (more.length > 0) throw new UsageError(`Two are compared; "${more[0] ?? ''}" is one too many.`);
  const before = await givenSnapshot(place, first);
  const after =
    second === 'now'
      ? {
          snapshot: undefined,
          states: await currentStates(place.root, place.folder, place.captionExtension, {
            signal,
            onProgress: (images) => {
              output.progress(`Reading ${place.folder}: ${images} images`);
            },
          }),
        }
      : await givenSnapshot(place, second);
  const comparison = await compareStates(before.states, after.states, signal);
  output.clearLine();
  if (json) {
    const head = { before: before.snapshot.id, after: after.snapshot?.id ?? null };
    await output.result(`${JSON.stringify({ ...head, ...asJson(comparison, place.folder, head) })}\n`);
  } else for (const line of described(comparison)) await output.line(line);
  const { damaged, lost } = comparison;
  const ids = { before: before.snapshot.id, after: after.snapshot?.id ?? 'now' };
  for (const where of ['before', 'after'] as const) if (lost[where] > 0) output.note(lostNote(ids[where], lost[where]));
  for (const { image, in: where } of damaged) {
    output.note(`${path.join(place.folder, image)}: what it held in snapshot ${ids[where]} is damaged.`);
  }
  return damaged.length + lost.before + lost.after > 0 ? 'someFailed' : 'done';
}

function asJson(
  { changes, parts, damaged, lost, ...counts }: Comparison,
  folder: string,
  ids: { before: string; after: string | null },
): object {
  return {
    images: counts,
    lost,
    damaged: damaged.map(({ image, in: where }) => ({ image: path.join(folder, image), snapshot: ids[where] })),
    parts,
    changes: changes.map(({ image, before, after, came, went }) => ({
      image: path.join(folder, image),
      how: before === undefined ? 'new' : after === undefined ? 'gone' : 'changed',
      came,
      went,
    })),
  };
}

function described(comparison: Comparison): string[] {
  const { same, changed, onlyForm, new: isNew, gone, unknown, parts } = comparison;
  const counts = [`${changed} changed`, `${isNew} new`, `${gone} gone`, `${same} the same`];
  if (unknown > 0) counts.push(`${unknown} unknown, as their captions could not be read or are damaged`);
  const lines = [`Images: ${counts.join(', ')}`];
  if (onlyForm > 0) lines.push(`Of the changed ones ${onlyForm} differ in order, separators or line ends only`);
  for (const { text, came, went } of parts.slice(0, shownParts)) {
    lines.push(`${`+${came}`.padStart(8)} ${`-${went}`.padStart(8)}  ${nameInOneLine(text)}`);
  }
  if (parts.length > shownParts) lines.push(`… and ${parts.length - shownParts} more; --json has all`);
  return lines;
}
