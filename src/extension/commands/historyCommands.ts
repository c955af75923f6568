import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { errorMessage } from '../../protocol/channel/wireError';
import { recordRootOf } from '../../records/recordFolder';
import { currentStates, isAbout, openSnapshot, type CaptionStates } from '../../snapshots/CaptionStates';
import { compareStates } from '../../snapshots/compareStates';
import { dropUnneeded } from '../../snapshots/pruneSnapshots';
import { deleteSnapshot, findSnapshot, listSnapshots, renameSnapshot } from '../../snapshots/store/snapshotFiles';
import { placeSnapshots } from '../../snapshots/store/snapshotFolder';
import { snapshotNameProblem } from '../../snapshots/store/snapshotName';
import type { Snapshot } from '../../snapshots/store/snapshotTypes';
import { takeSnapshot } from '../../snapshots/takeSnapshot';
import type { DatasetDocument } from '../document/DatasetDocument';
import { showCaptionHistory } from '../history/captionHistoryPicker';
import { comparisonText } from '../history/comparisonText';
import { snapshotFacts, snapshotTitle } from '../history/historyEntries';
import type { HistoryTexts } from '../history/HistoryTexts';
import type { HistoryTree } from '../history/HistoryTree';
import { snapshotLimits, writeOptions } from '../settings/settings';
import { pathIn } from './commandArguments';
import type { PaletteCommands } from './PaletteCommands';
import { pickImage } from './pickImage';

/** Registers the commands about former captions: of one image, and snapshots of all. */
export function registerHistoryCommands(
  commands: PaletteCommands,
  tree: HistoryTree,
  texts: HistoryTexts,
): vscode.Disposable {
  /** A command for a snapshot of the dataset in front: of the entry on which it was chosen, or one that is picked. */
  const registerOnSnapshot = (
    name: string,
    act: (document: DatasetDocument, snapshot: Snapshot) => Promise<unknown>,
  ): vscode.Disposable =>
    commands.registerOnGrid(name, async ({ session: { document } }, argument) => {
      const snapshot = snapshotIn(argument) ?? (await pickSnapshot(document, vscode.l10n.t('Which snapshot?')));
      if (snapshot === undefined) return;
      await act(document, snapshot);
      await tree.read();
    });
  return vscode.Disposable.from(
    commands.registerOnGrid('datasetCaptions.showCaptionHistory', async ({ session }, argument) => {
      const { document } = session;
      const meant = pathIn(argument) ?? session.focusedPath;
      let image = meant === undefined ? undefined : document.dataset.image(meant);
      image ??= await pickImage(document.dataset.allImages, vscode.l10n.t('History of This Caption'));
      if (image !== undefined) await showCaptionHistory(document, image, texts);
    }),
    commands.registerOnGrid('datasetCaptions.showDatasetHistory', async () => {
      await tree.read();
      if (tree.all.length > 0) await vscode.commands.executeCommand('datasetCaptions.history.focus');
      else void offerSnapshot();
    }),
    commands.registerOnGrid('datasetCaptions.createSnapshot', async ({ session: { document } }) => {
      await createSnapshot(document);
      await tree.read();
    }),
    registerOnSnapshot('datasetCaptions.compareSnapshot', (document, snapshot) => compare(document, snapshot, texts)),
    commands.registerOnGrid('datasetCaptions.restoreSnapshot', async (grid, argument) => {
      const { document } = grid.session;
      const snapshot = snapshotIn(argument) ?? (await pickSnapshot(document, vscode.l10n.t('Which snapshot?')));
      if (snapshot === undefined) return;
      const snapshotName = nameOf(snapshot);
      grid.openBulkEdit({
        scope: 'all',
        form: { operation: 'restoreSnapshot', snapshot: snapshot.id, snapshotName, tags: '' },
      });
    }),
    registerOnSnapshot('datasetCaptions.renameSnapshot', rename),
    registerOnSnapshot('datasetCaptions.deleteSnapshot', remove),
  );
}

async function offerSnapshot(): Promise<void> {
  const create = vscode.l10n.t('Create Snapshot…');
  const text = vscode.l10n.t('There was no job, bulk edit or snapshot of this dataset yet.');
  if ((await vscode.window.showInformationMessage(text, create)) !== create) return;
  await vscode.commands.executeCommand('datasetCaptions.createSnapshot');
}

async function createSnapshot(document: DatasetDocument): Promise<void> {
  const name = await askForName('');
  if (name === undefined) return;
  const { folder, options } = document.dataset;
  document.commit();
  // What is typed is part of it.
  await document.autoSave();
  const root = recordRootOf(folder);
  await placeSnapshots(root, writeOptions(document.uri).records);
  const snapshot = await withProgress(vscode.l10n.t('Making a snapshot'), (signal, onProgress) =>
    takeSnapshot({
      root,
      folder,
      captionExtension: options.captionExtension,
      cause: 'hand',
      ...(name === '' ? {} : { name }),
      limits: snapshotLimits(document.uri),
      signal,
      onProgress,
    }),
  );
  const [facts = '', unread] = snapshotFacts(snapshot, displayLanguage());
  const text = vscode.l10n.t('Snapshot made: {0}.', facts);
  if (snapshot.unread > 0) void vscode.window.showWarningMessage([text, unread].join(' '));
  else void vscode.window.showInformationMessage(text);
}

async function compare(document: DatasetDocument, snapshot: Snapshot, texts: HistoryTexts): Promise<void> {
  const { folder, options } = document.dataset;
  const root = recordRootOf(folder);
  const now = { label: vscode.l10n.t('Now'), description: '', snapshot: undefined };
  const others = (await itemsOf(document)).filter((item) => item.snapshot.id !== snapshot.id);
  const title = vscode.l10n.t('Compare {0} with…', nameOf(snapshot));
  const other = await vscode.window.showQuickPick([now, ...others], { title });
  if (other === undefined) return;
  document.commit();
  await document.autoSave();
  const open = (
    one: Snapshot | undefined,
    signal: AbortSignal,
    onProgress: (images: number) => void,
  ): Promise<CaptionStates> =>
    one === undefined
      ? currentStates(root, folder, options.captionExtension, { signal, onProgress })
      : openSnapshot(root, one, folder);
  const isEarlier = other.snapshot !== undefined && other.snapshot.created < snapshot.created;
  const [first, second] = isEarlier ? [other.snapshot, snapshot] : [snapshot, other.snapshot];
  const comparison = await withProgress(vscode.l10n.t('Comparing'), async (signal, onProgress) =>
    compareStates(await open(first, signal, onProgress), await open(second, signal, onProgress), signal),
  );
  const nameOfSecond = second === undefined ? vscode.l10n.t('Now') : nameOf(second);
  const text = comparisonText(comparison, nameOf(first), nameOfSecond, displayLanguage());
  await texts.show(`${vscode.l10n.t('Comparison')}.txt`, text);
}

async function rename({ dataset }: DatasetDocument, snapshot: Snapshot): Promise<void> {
  const name = await askForName(snapshot.name ?? '');
  if (name !== undefined) await renameSnapshot(recordRootOf(dataset.folder), snapshot.id, name);
}

async function remove({ dataset }: DatasetDocument, snapshot: Snapshot): Promise<void> {
  const question = vscode.l10n.t('Delete the snapshot “{0}”?', nameOf(snapshot));
  const detail = vscode.l10n.t('What captions held then cannot be restored from it any more. The captions stay.');
  const answer = vscode.l10n.t('Delete');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, answer)) !== answer) return;
  const root = recordRootOf(dataset.folder);
  await deleteSnapshot(root, (await findSnapshot(root, snapshot.id)).id);
  await dropUnneeded(root).catch((thrown: unknown) => {
    const text = vscode.l10n.t('The room that the snapshot took is not free yet: {0}', errorMessage(thrown));
    void vscode.window.showWarningMessage(text);
  });
}

function askForName(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the snapshot'),
    prompt: vscode.l10n.t('A snapshot with a name is kept until you delete it.'),
    value,
    validateInput: snapshotNameProblem,
  });
}

/** Shows the progress of something that can be cancelled. @throws the signal's reason if it was */
function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, onProgress: (images: number) => void) => Promise<T>,
): Promise<T> {
  const cancel = new AbortController();
  const run = vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      token.onCancellationRequested(() => {
        cancel.abort();
      });
      return work(cancel.signal, (images) => {
        progress.report({ message: images.toLocaleString(displayLanguage()) });
      });
    },
  );
  return Promise.resolve(run);
}

interface SnapshotItem extends vscode.QuickPickItem {
  snapshot: Snapshot;
}

async function itemsOf({ dataset }: DatasetDocument): Promise<SnapshotItem[]> {
  const root = recordRootOf(dataset.folder);
  const { snapshots } = await listSnapshots(root);
  return snapshots
    .filter((one) => isAbout(one, root, dataset.folder))
    .reverse()
    .map((snapshot) => {
      const [description = ''] = snapshotFacts(snapshot, displayLanguage());
      return { label: nameOf(snapshot), description, snapshot };
    });
}

async function pickSnapshot(document: DatasetDocument, title: string): Promise<Snapshot | undefined> {
  const items = await itemsOf(document);
  if (items.length > 0) return (await vscode.window.showQuickPick(items, { title }))?.snapshot;
  void offerSnapshot();
  return undefined;
}

/** With its time, as several may be of the same edit. */
function nameOf(snapshot: Snapshot): string {
  const time = new Date(snapshot.created).toLocaleString(displayLanguage(), { dateStyle: 'short', timeStyle: 'short' });
  const title = snapshotTitle(snapshot);
  return snapshot.name !== undefined || snapshot.cause === 'hand'
    ? `${title}, ${time}`
    : vscode.l10n.t('Before {0}, {1}', title, time);
}

function snapshotIn(argument: unknown): Snapshot | undefined {
  if (typeof argument !== 'object' || argument === null || !('snapshot' in argument)) return undefined;
  return argument.snapshot as Snapshot | undefined;
}
