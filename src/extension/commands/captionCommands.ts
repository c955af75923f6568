import * as vscode from 'vscode';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { errorMessage } from '../../protocol/channel/wireError';
import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { ClusterAddress } from '../captioning/ClusterAddress';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { GridSession } from '../grid/GridSession';
import { targetOf } from '../images/imageTargets';
import { pathIn } from './commandArguments';
import { isCancellation, type PaletteCommands } from './PaletteCommands';
import { pickImage } from './pickImage';

/** Registers the commands that caption images. */
export function registerCaptionCommands(
  commands: PaletteCommands,
  jobs: CaptionJobs,
  cluster: ClusterAddress,
): vscode.Disposable {
  return vscode.Disposable.from(
    commands.registerOnGrid('datasetCaptions.captionAll', ({ session }) =>
      jobs.captionDataset(session.document, 'all', { notify: true }),
    ),
    commands.registerOnGrid('datasetCaptions.captionEmpty', ({ session }) =>
      jobs.captionDataset(session.document, 'empty', { notify: true }),
    ),
    commands.registerOnGrid('datasetCaptions.captionImage', ({ session }, argument) =>
      captionMeantImage(jobs, session, pathIn(argument)),
    ),
    commands.registerOnGrid('datasetCaptions.captionSelection', ({ session }, argument) =>
      captionTarget(jobs, session, targetOf(session, pathIn(argument))),
    ),
    commands.registerOnGrid('datasetCaptions.captionFound', ({ session }) =>
      captionTarget(jobs, session, { scope: 'filtered' }),
    ),
    commands.registerOnGrid('datasetCaptions.captionOnCluster', ({ session }) =>
      captionOnCluster(jobs, session.document, cluster),
    ),
    commands.register('datasetCaptions.forgetClusterAddress', () => cluster.forget()),
  );
}

/** Captions the image with a path, else the focused one, else one that the user picks. */
async function captionMeantImage(
  jobs: CaptionJobs,
  { document, focusedPath }: GridSession,
  path: string | undefined,
): Promise<void> {
  const meant = path ?? focusedPath;
  let image = meant === undefined ? undefined : document.dataset.image(meant);
  image ??= await pickImage(document.dataset.allImages, vscode.l10n.t('Caption Image'));
  if (image !== undefined) await captionOne(jobs, document, image);
}

async function captionTarget(jobs: CaptionJobs, session: GridSession, target: ImageTarget): Promise<void> {
  const { document } = session;
  if ('path' in target) {
    const image = document.dataset.image(target.path);
    if (image !== undefined) await captionOne(jobs, document, image);
    return;
  }
  const label =
    target.scope === 'selection' ? vscode.l10n.t('Caption Selection') : vscode.l10n.t('Caption Found Images');
  const images = await session.imagesIn(target.scope);
  if (images.length > 0) await jobs.captionImages(document, images, label, { notify: true });
  else void vscode.window.showInformationMessage(vscode.l10n.t('Select images first.'));
}

/** @throws an error whose message names the image */
async function captionOne(jobs: CaptionJobs, document: DatasetDocument, image: DatasetImage): Promise<void> {
  try {
    await jobs.captionImage(document, image);
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    throw new Error(`${image.path}: ${errorMessage(thrown)}`, { cause: thrown });
  }
}

/** Lets the workers of a cluster caption the empty images of a dataset, or all of them. */
async function captionOnCluster(jobs: CaptionJobs, document: DatasetDocument, cluster: ClusterAddress): Promise<void> {
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
