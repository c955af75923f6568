import * as vscode from 'vscode';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { ClusterAddress } from '../captioning/ClusterAddress';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { GridPanel } from '../editor/GridPanel';
import { showJobs } from '../captioning/JobNotices';
import { openDatasets } from '../editor/openDataset';
import { pathIn } from './imageCommands';
import { pickImage } from './pickImage';

/** Registers every command that package.json contributes. */
export function registerCommands(
  editors: DatasetEditorProvider,
  jobs: CaptionJobs,
  cluster: ClusterAddress,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const onActive = (action: (grid: GridPanel, argument: unknown) => unknown) => async (argument?: unknown) => {
    if (editors.active === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder as a dataset first.'));
      return;
    }
    await action(editors.active, argument);
  };
  const registered = [
    vscode.commands.registerCommand('datasetCaptions.open', (uri?: vscode.Uri, uris?: vscode.Uri[]) =>
      openDatasets(editors, uris ?? (uri === undefined ? [] : [uri])),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.captionAll',
      onActive(({ document }) => jobs.captionDataset(document, 'all', { notify: true })),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.captionEmpty',
      onActive(({ document }) => jobs.captionDataset(document, 'empty', { notify: true })),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.captionImage',
      onActive((grid, argument) => captionImage(grid, jobs, pathIn(argument))),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.refresh',
      onActive(({ document }) => document.refresh()),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.search',
      onActive((grid) => {
        grid.focusSearch();
      }),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.captionOnCluster',
      onActive(({ document }) => captionOnCluster(document, jobs, cluster)),
    ),
    vscode.commands.registerCommand('datasetCaptions.forgetClusterAddress', () => cluster.forget()),
    vscode.commands.registerCommand('datasetCaptions.showJob', showJobs),
    vscode.commands.registerCommand('datasetCaptions.showLog', () => {
      log.show();
    }),
  ];
  return vscode.Disposable.from(...registered);
}

/** Has the workers of a cluster caption the empty images of a dataset, or all of them. */
async function captionOnCluster(document: DatasetDocument, jobs: CaptionJobs, cluster: ClusterAddress): Promise<void> {
  const title = vscode.l10n.t('Caption on Cluster');
  const modes = [
    { label: vscode.l10n.t('Caption Empty'), mode: 'empty' as const },
    { label: vscode.l10n.t('Caption All'), mode: 'all' as const },
  ];
  const picked = await vscode.window.showQuickPick(modes, { title });
  if (picked === undefined) return;
  const where = await cluster.ask(document.uri.fsPath);
  if (where !== undefined) await jobs.captionDataset(document, picked.mode, { notify: true, cluster: where });
}

/** Captions the image whose menu it is, else the one that has the focus in the grid, else one that the user picks. */
async function captionImage({ document, focusedPath }: GridPanel, jobs: CaptionJobs, path?: string): Promise<void> {
  const meant = path ?? focusedPath;
  let image = meant === undefined ? undefined : document.dataset.image(meant);
  image ??= await pickImage(document.dataset.allImages, vscode.l10n.t('Caption Image'));
  if (image === undefined) return;
  try {
    await jobs.captionImage(document, image);
  } catch (thrown) {
    void vscode.window.showErrorMessage(`${image.path}: ${errorMessage(thrown)}`);
  }
}
