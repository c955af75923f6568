import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import type { WantedEdit } from '../../protocol/page/bulkEditProtocol';
import { recordRootOf } from '../../records/recordFolder';
import { currentStates, openSnapshot, type CaptionStates } from '../../snapshots/CaptionStates';
import { compareStates } from '../../snapshots/compareStates';
import type { Snapshot } from '../../snapshots/store/snapshotTypes';
import type { OpenedComparison } from '../comparison/GridComparison';
import { ShownComparison } from '../comparison/ShownComparison';
import type { DatasetDocument } from '../document/DatasetDocument';
import { writeOptions } from '../settings/settings';
import { comparisonText } from './comparisonText';
import { unsavedContents } from './givenCaptions';
import type { HistoryTexts } from './HistoryTexts';
import { partPerLine } from './partPerLine';
import { snapshotItems, snapshotName } from './snapshotPicker';
import { withProgress } from './withProgress';

/**
 * Asks with what a snapshot is to be compared: with now, or with another one.
 * @returns `now`, another snapshot, or undefined if the user chose neither
 */
export async function askForOther(
  document: DatasetDocument,
  snapshot: Snapshot,
): Promise<Snapshot | 'now' | undefined> {
  const now = { label: vscode.l10n.t('Now'), description: '', snapshot: 'now' as const };
  const others = (await snapshotItems(document)).filter((item) => item.snapshot.id !== snapshot.id);
  const title = vscode.l10n.t('Compare {0} with…', snapshotName(snapshot));
  return (await vscode.window.showQuickPick([now, ...others], { title }))?.snapshot;
}

/** The bulk edit that restores a snapshot of all captions. */
export function restoreEdit(snapshot: Snapshot): WantedEdit {
  return {
    scope: 'all',
    form: { operation: 'restoreSnapshot', snapshot: snapshot.id, snapshotName: snapshotName(snapshot), tags: '' },
  };
}

/** A grid that can show a comparison of its dataset. */
interface ComparingGrid {
  readonly session: { readonly document: DatasetDocument };
  openComparison(comparison: OpenedComparison): void;
}

/**
 * Shows in a grid what differs between two snapshots, or a snapshot and now; the earlier one comes first.
 * @throws SnapshotError; CaptionError when the folder cannot be read; the signal's reason when cancelled
 */
export async function compareSnapshots(
  grid: ComparingGrid,
  one: Snapshot,
  other: Snapshot | 'now',
  texts: HistoryTexts,
): Promise<void> {
  const { document } = grid.session;
  const { folder, options } = document.dataset;
  const root = recordRootOf(folder);
  document.commit();
  await document.autoSave();
  const isSwapped = other !== 'now' && other.created < one.created;
  const [first, second]: [Snapshot, Snapshot | 'now'] = isSwapped ? [other, one] : [one, other];
  const open = async (
    side: Snapshot | 'now',
    signal: AbortSignal,
    onProgress: (images: number) => void,
  ): Promise<CaptionStates> => {
    if (side !== 'now') return openSnapshot(root, side, folder);
    const given = await unsavedContents(document.dataset);
    return currentStates(root, folder, options.captionExtension, { given, signal, onProgress });
  };
  const [before, after, result] = await withProgress(
    vscode.l10n.t('Comparing'),
    async (signal, onProgress): Promise<[CaptionStates, CaptionStates, Awaited<ReturnType<typeof compareStates>>]> => {
      const states = [await open(first, signal, onProgress), await open(second, signal, onProgress)] as const;
      return [...states, await compareStates(...states, signal)];
    },
  );
  const nameOfSecond = second === 'now' ? vscode.l10n.t('Now') : snapshotName(second);
  const names = [snapshotName(first), nameOfSecond] as const;
  const shown = new ShownComparison(
    result,
    { name: names[0], states: before },
    { name: names[1], states: after },
    second === 'now' ? restoreEdit(first) : null,
    writeOptions(document.uri).separator,
  );
  grid.openComparison({
    shown,
    openCaption: ({ image, before: old, after: now }) => {
      const title = `${path.posix.basename(image)}: ${names.join(' ↔ ')}`;
      return texts.compare(`${path.posix.basename(image)}.txt`, title, partPerLine(old), partPerLine(now));
    },
    openText: () =>
      texts.show(`${vscode.l10n.t('Comparison')}.txt`, comparisonText(result, ...names, displayLanguage())),
  });
}
