import * as vscode from 'vscode';
import type { JobInfo } from '../../jobs/jobTypes';
import type { CaptionDialogs } from '../captionDialogs/CaptionDialogs';
import { mostTried } from '../captionDialogs/mostTried';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import { isReviewable } from '../captioning/jobText';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { GridPanel } from '../editor/GridPanel';
import { openDatasets } from '../editor/openDataset';
import type { PaletteCommands } from './PaletteCommands';

/** Loads what asks captioners about single images, which few windows need. */
export type LoadCaptionDialogs = () => CaptionDialogs;

/** A command for one job; which one is up to where it is run. */
export type RegisterOnJob = (
  name: string,
  fits: (job: JobInfo) => boolean,
  act: (job: JobInfo) => unknown,
) => vscode.Disposable;

/** Registers the commands that open a dialog about answers of captioners. */
export function registerCaptionDialogCommands(
  commands: PaletteCommands,
  registerOnJob: RegisterOnJob,
  jobs: CaptionJobs,
  editors: DatasetEditorProvider,
  load: LoadCaptionDialogs,
): vscode.Disposable {
  /** Where jobs of the dataset in front have answers to review, they are meant. */
  const isMeant = (job: JobInfo): boolean => {
    if (!isReviewable(job)) return false;
    const front = editors.active?.session.document.uri.fsPath;
    return job.root === front || !jobs.all.some((other) => other.root === front && isReviewable(other));
  };
  return vscode.Disposable.from(
    registerOnJob('datasetCaptions.reviewFlagged', isMeant, (job) => reviewFlagged(job, editors, load)),
    commands.registerOnGrid('datasetCaptions.tryOnImages', (grid) => tryOnImages(grid, load)),
  );
}

async function reviewFlagged(job: JobInfo, editors: DatasetEditorProvider, load: LoadCaptionDialogs): Promise<void> {
  await openDatasets(editors, [vscode.Uri.file(job.root)]);
  const grid = editors.open.findLast(({ session }) => session.document.uri.fsPath === job.root);
  if (grid === undefined) return;
  grid.openReview(await load().review(grid.session.document, job));
}

/** Tries on the selected images, or else on the first that are shown. */
async function tryOnImages(grid: GridPanel, load: LoadCaptionDialogs): Promise<void> {
  const { session } = grid;
  const selected = await session.imagesIn('selection');
  const images = (selected.length > 0 ? selected : await session.imagesIn('filtered')).slice(0, mostTried);
  if (images.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no images to try on.'));
    return;
  }
  const dialogs = load();
  if (dialogs.hasCaptioners) {
    grid.openTrial(await dialogs.trial(session.document, images));
    return;
  }
  const add = vscode.l10n.t('Add Captioner…');
  const text = vscode.l10n.t('There is no captioner behind a server yet: add one first.');
  if ((await vscode.window.showInformationMessage(text, add)) === add) {
    await vscode.commands.executeCommand('datasetCaptions.addCaptioner');
  }
}
