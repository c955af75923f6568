import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { inOneLine } from '../../protocol/text/escapeControls';
import { readHistory } from '../../records/edits/readHistory';
import { recordRootOf } from '../../records/recordFolder';
import { captionHistory, type HistoryState } from '../../snapshots/captionHistory';
import { captionInSnapshots } from '../../snapshots/captionInSnapshots';
import type { DatasetDocument } from '../document/DatasetDocument';
import { snapshotTitle } from './historyEntries';
import type { HistoryTexts } from './HistoryTexts';
import { partPerLine } from './partPerLine';

interface StateItem extends vscode.QuickPickItem {
  state: HistoryState;
  /** the state before it */
  before: HistoryState | undefined;
}

/** Lists what a caption held, the latest first, and compares or restores what is chosen. */
export async function showCaptionHistory(
  document: DatasetDocument,
  image: DatasetImage,
  texts: HistoryTexts,
): Promise<void> {
  const { dataset } = document;
  document.commit();
  const { caption } = image;
  const name = path.posix.basename(image.path);
  const root = recordRootOf(dataset.folder);
  const file = datasetPathOf(root, dataset.absolute(caption.path));
  const shown = caption.text;
  const picture = dataset.absolute(caption.images[0] ?? '');
  const { history: records } = await readHistory(root, [{ caption: file, text: shown, picture }]);
  const extension = dataset.options.captionExtension;
  const seen = await captionInSnapshots(root, dataset.absolute(image.path), extension);
  const history = captionHistory(records.statesOf(file, shown), seen);
  const items = history
    .map((state, index): StateItem => ({
      ...itemOf(state, index === history.length - 1),
      state,
      before: history[index - 1],
    }))
    .reverse();
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing is known of what {0} held before.', name));
    return;
  }
  const title = vscode.l10n.t('History of {0}', name);
  const placeHolder = vscode.l10n.t('Choose what it held, to compare or restore it');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
  if (picked === undefined) return;
  const { text } = picked.state;
  if (text === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No record and no snapshot has this text.'));
    return;
  }
  const then = picked.label;
  const compare = (heading: string, one: string, other: string): Promise<void> =>
    texts.compare(path.posix.basename(caption.path), heading, partPerLine(one), partPerLine(other));
  const action = await vscode.window.showQuickPick(actionsOn(picked, shown), { title: `${title}: ${then}` });
  switch (action?.action) {
    case 'now':
      await compare(vscode.l10n.t('{0}: {1} ↔ Now', name, then), text, caption.text);
      break;
    case 'before':
      await compare(vscode.l10n.t('{0}: what changed {1}', name, then), picked.before?.text ?? '', text);
      break;
    case 'restore':
      await restore(document, image, text, shown);
      break;
    case undefined:
  }
}

async function restore(
  document: DatasetDocument,
  { path: image, caption }: DatasetImage,
  text: string,
  shown: string,
): Promise<void> {
  const label = vscode.l10n.t('Restore Caption of {0}', path.posix.basename(image));
  // Keep what was typed since the list was opened.
  const isShown = caption.text === shown;
  const leftOut = isShown
    ? (await document.applyEdits(label, [{ caption, text, expected: caption.raw }], { by: 'hand' })).leftOut
    : [{ reason: vscode.l10n.t('It was changed since it was shown.') }];
  const [first] = leftOut;
  if (first !== undefined) void vscode.window.showWarningMessage(`${inOneLine(image)}: ${first.reason}`);
}

interface ActionItem extends vscode.QuickPickItem {
  action: 'now' | 'before' | 'restore';
}

function actionsOn({ state, before }: StateItem, now: string): ActionItem[] {
  const actions: ActionItem[] = [];
  const isNow = state.text === now;
  if (!isNow) actions.push({ action: 'now', label: vscode.l10n.t('Compare with Now') });
  if (before?.text !== undefined || before === undefined) {
    actions.push({ action: 'before', label: vscode.l10n.t('Compare with What Was Before It') });
  }
  if (!isNow) actions.push({ action: 'restore', label: vscode.l10n.t('Restore This Caption') });
  return actions;
}

function itemOf(
  { when, kind, author, snapshots, difference, text }: HistoryState,
  isNow: boolean,
): vscode.QuickPickItem {
  const known = when === undefined ? undefined : new Date(when);
  const time = known?.toLocaleString(displayLanguage(), { dateStyle: 'medium', timeStyle: 'medium' });
  const now = time === undefined ? vscode.l10n.t('Now') : vscode.l10n.t('Now ({0})', time);
  const places = snapshots.map((one) => vscode.l10n.t('in the snapshot “{0}”', snapshotTitle(one)));
  const changes = [
    ...(difference?.went ?? []).map((part) => `− ${part}`),
    ...(difference?.came ?? []).map((part) => `+ ${part}`),
  ].join('   ');
  const form = vscode.l10n.t('Only order, separators or blanks differ');
  const unknown = text === undefined ? vscode.l10n.t('The text is not known') : inOneLine(text);
  return {
    label: isNow ? now : (time ?? vscode.l10n.t('At an unknown time')),
    description: [whoOf(kind, author), ...places].filter((one) => one !== '').join(' · '),
    detail: difference === undefined ? unknown : changes === '' ? form : inOneLine(changes),
  };
}

function whoOf(kind: HistoryState['kind'], author: HistoryState['author']): string {
  if (kind === 'undone') return vscode.l10n.t('brought back');
  if (kind === 'found') return vscode.l10n.t('found as it was');
  if (kind === 'snapshot' || author === undefined) return '';
  const name = author.name ?? '';
  switch (author.by) {
    case 'hand':
      return vscode.l10n.t('by hand');
    case 'tagger':
    case 'captioner':
      return vscode.l10n.t('by {0}', name);
    case 'bulk':
      return name === '' ? vscode.l10n.t('by a bulk edit') : name;
    case 'import':
      return vscode.l10n.t('imported');
    case 'outside':
      return vscode.l10n.t('by another program');
  }
}
