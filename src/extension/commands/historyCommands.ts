import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { errorMessage } from '../../protocol/channel/wireError';
import { recordRootOf } from '../../records/recordFolder';
import { dropUnneeded } from '../../snapshots/pruneSnapshots';
import { deleteSnapshot, findSnapshot, renameSnapshot } from '../../snapshots/store/snapshotFiles';
import { placeSnapshots } from '../../snapshots/store/snapshotFolder';
import { snapshotNameProblem } from '../../snapshots/store/snapshotName';
import type { Snapshot } from '../../snapshots/store/snapshotTypes';
import { takeSnapshot } from '../../snapshots/takeSnapshot';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { GridPanel } from '../editor/GridPanel';
import { showCaptionHistory } from '../history/captionHistoryPicker';
import { askForOther, compareSnapshots, restoreEdit } from '../history/compareSnapshots';
import { unsavedContents } from '../history/givenCaptions';
import { snapshotFacts } from '../history/historyEntries';
import type { HistoryTexts } from '../history/HistoryTexts';
import type { HistoryTree } from '../history/HistoryTree';
import { snapshotItems, snapshotName } from '../history/snapshotPicker';
import { withProgress } from '../history/withProgress';
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
  const registerOnSnapshot = (name: string, act: (grid: GridPanel, snapshot: Snapshot) => unknown): vscode.Disposable =>
    commands.registerOnGrid(name, async (grid, argument) => {
      const { document } = grid.session;
      const snapshot = snapshotIn(argument) ?? (await pickSnapshot(document, vscode.l10n.t('Which snapshot?')));
      if (snapshot === undefined) return;
      await act(grid, snapshot);
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
    registerOnSnapshot('datasetCaptions.compareSnapshot', async (grid, snapshot) => {
      const other = await askForOther(grid.session.document, snapshot);
      if (other !== undefined) await compareSnapshots(grid, snapshot, other, texts);
    }),
    registerOnSnapshot('datasetCaptions.compareSnapshotWithNow', (grid, snapshot) =>
      compareSnapshots(grid, snapshot, 'now', texts),
    ),
    registerOnSnapshot('datasetCaptions.restoreSnapshot', (grid, snapshot) => {
      grid.openBulkEdit(restoreEdit(snapshot));
    }),
    registerOnSnapshot('datasetCaptions.renameSnapshot', ({ session }, snapshot) => rename(session.document, snapshot)),
    registerOnSnapshot('datasetCaptions.deleteSnapshot', ({ session }, snapshot) => remove(session.document, snapshot)),
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
  const { dataset } = document;
  const { folder, options } = dataset;
  document.commit();
  await document.autoSave();
  // The snapshot includes unsaved text, also where autosave is off.
  const given = await unsavedContents(dataset);
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
      given,
      signal,
      onProgress,
    }),
  );
  const [facts = '', unread] = snapshotFacts(snapshot, displayLanguage());
  const text = vscode.l10n.t('Snapshot made: {0}.', facts);
  if (snapshot.unread > 0) void vscode.window.showWarningMessage([text, unread].join(' '));
  else void vscode.window.showInformationMessage(text);
}

async function rename({ dataset }: DatasetDocument, snapshot: Snapshot): Promise<void> {
  const name = await askForName(snapshot.name ?? '');
  if (name !== undefined) await renameSnapshot(recordRootOf(dataset.folder), snapshot.id, name);
}

async function remove({ dataset }: DatasetDocument, snapshot: Snapshot): Promise<void> {
  const question = vscode.l10n.t('Delete the snapshot “{0}”?', snapshotName(snapshot));
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

async function pickSnapshot(document: DatasetDocument, title: string): Promise<Snapshot | undefined> {
  const items = await snapshotItems(document);
  if (items.length > 0) return (await vscode.window.showQuickPick(items, { title }))?.snapshot;
  void offerSnapshot();
  return undefined;
}

function snapshotIn(argument: unknown): Snapshot | undefined {
  if (typeof argument !== 'object' || argument === null || !('snapshot' in argument)) return undefined;
  return argument.snapshot as Snapshot | undefined;
}
