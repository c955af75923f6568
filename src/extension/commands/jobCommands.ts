import path from 'node:path';
import * as vscode from 'vscode';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { isEnded, isLive, isResumable } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { jobDescription } from '../captioning/jobText';
import type { JobReports } from '../captioning/JobReports';
import { showJobs } from '../captioning/JobNotices';
import { revealImageCommand, type JobTree } from '../captioning/JobTree';
import { openDatasets } from '../editor/openDataset';
import { registerCaptionDialogCommands, type LoadCaptionDialogs } from './captionDialogCommands';
import type { PaletteCommands } from './PaletteCommands';
import { revertWithProgress } from './revertJobCommand';

/** Registers the commands about jobs. Run from the palette they ask which job; a menu of the job view names it. */
export function registerJobCommands(
  commands: PaletteCommands,
  jobs: CaptionJobs,
  tree: JobTree,
  reports: JobReports,
  editors: DatasetEditorProvider,
  writer: FileWriter,
  loadDialogs: LoadCaptionDialogs,
): vscode.Disposable {
  /** A command for one job. @param fits which jobs it can be done with */
  const registerOnJob = (
    name: string,
    fits: (job: JobInfo) => boolean,
    act: (job: JobInfo) => unknown,
  ): vscode.Disposable =>
    commands.register(name, async (argument?: unknown) => {
      const job = await jobFor(jobs, tree, fits, argument);
      if (job !== undefined) await act(job);
    });
  return vscode.Disposable.from(
    commands.register('datasetCaptions.showJob', showJobs),
    registerOnJob(
      'datasetCaptions.pauseJob',
      (job) => isLive(job) && job.status === 'running',
      ({ id }) => jobs.control(id, 'pause'),
    ),
    registerOnJob('datasetCaptions.resumeJob', isResumable, ({ id }) => jobs.resume(id)),
    commands.register('datasetCaptions.cancelJob', (argument?: unknown) => cancel(jobs, tree, argument)),
    registerOnJob(
      'datasetCaptions.retryFailed',
      (job) => job.status === 'completed' && job.counts.failed > 0,
      ({ id }) => jobs.resume(id, true),
    ),
    registerOnJob('datasetCaptions.moveJobUp', isWaiting, ({ id }) => moveUp(jobs, id)),
    registerOnJob('datasetCaptions.moveJobDown', isWaiting, ({ id }) => moveDown(jobs, id)),
    registerOnJob(
      'datasetCaptions.openJobReport',
      () => true,
      (job) => reports.open(job),
    ),
    registerOnJob(
      'datasetCaptions.revertJob',
      (job) => !isLive(job) && job.counts.written > 0,
      (job) => revertWithProgress(job, jobs, editors, writer),
    ),
    registerOnJob(
      'datasetCaptions.removeJob',
      (job) => !isLive(job),
      (job) => remove(jobs, [job]),
    ),
    commands.register('datasetCaptions.clearFinishedJobs', () => remove(jobs, jobs.all.filter(isEnded))),
    registerOnJob(
      'datasetCaptions.openJobDataset',
      () => true,
      ({ root }) => openDatasets(editors, [vscode.Uri.file(root)]),
    ),
    registerCaptionDialogCommands(commands, registerOnJob, jobs, editors, loadDialogs),
    commands.register('datasetCaptions.unloadTagger', () => unloadTagger(jobs)),
    commands.register(revealImageCommand, (root: string, image: string) => revealImage(editors, root, image)),
  );
}

function isWaiting(job: JobInfo): boolean {
  return isLive(job) && job.status === 'queued';
}

async function moveUp(jobs: CaptionJobs, id: string): Promise<void> {
  const order = jobs.all.filter(isWaiting).map((job) => job.id);
  const before = order[order.indexOf(id) - 1];
  if (before !== undefined) await jobs.runner.request('move', { id, before });
}

async function moveDown(jobs: CaptionJobs, id: string): Promise<void> {
  const order = jobs.all.filter(isWaiting).map((job) => job.id);
  await jobs.runner.request('move', { id, before: order[order.indexOf(id) + 2] ?? null });
}

async function cancel(jobs: CaptionJobs, tree: JobTree, argument: unknown): Promise<void> {
  if (argument === undefined && meansAllJobs(jobs, tree)) {
    await jobs.cancelAll();
    return;
  }
  const job = await jobFor(jobs, tree, (one) => !isEnded(one), argument);
  if (job !== undefined) await jobs.control(job.id, 'cancel');
}

/** Whether cancelling without a named job cancels all jobs: one that is still being prepared cannot be picked. */
function meansAllJobs(jobs: CaptionJobs, { selected }: JobTree): boolean {
  if (selected !== undefined && !isEnded(selected)) return false;
  return jobs.isPreparing || (selected === undefined && jobs.all.some(isLive));
}

/** The job that a menu of the view names, else the selected one, else one that the user picks if several fit. */
async function jobFor(
  jobs: CaptionJobs,
  tree: JobTree,
  fits: (job: JobInfo) => boolean,
  argument: unknown,
): Promise<JobInfo | undefined> {
  const id = typeof argument === 'object' && argument !== null && 'id' in argument ? argument.id : undefined;
  if (typeof id === 'string') return jobs.get(id);
  const fitting = jobs.all.filter(fits);
  const selected = fitting.find((job) => job.id === tree.selected?.id);
  if (selected !== undefined || fitting.length === 1) return selected ?? fitting[0];
  if (fitting.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no job that this can be done with.'));
    return undefined;
  }
  const items = fitting.map((job) => ({
    label: `${job.label} – ${path.basename(job.root)}`,
    description: jobDescription(job),
    job,
  }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Captioning Jobs') }))?.job;
}

/** Removes jobs from the list. Asks first if that makes it impossible to revert them. */
async function remove(jobs: CaptionJobs, removed: readonly JobInfo[]): Promise<void> {
  const revertable = removed.filter((job) => job.counts.written > 0 && job.reverted === undefined).length;
  if (revertable > 0) {
    const question =
      removed.length === 1
        ? vscode.l10n.t('Remove this job from the list?')
        : vscode.l10n.t('Remove {0} jobs from the list?', removed.length);
    const detail = vscode.l10n.t('The captions stay. What the jobs wrote cannot be reverted any more.');
    const answer = vscode.l10n.t('Remove');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, answer)) !== answer) return;
  }
  let failure: unknown;
  for (const { id } of removed) {
    // One that another process has must not keep the others in the list.
    await jobs.runner.request('remove', { id }).catch((thrown: unknown) => (failure ??= thrown));
  }
  if (failure instanceof Error) throw failure;
}

async function unloadTagger({ runner }: CaptionJobs): Promise<void> {
  await runner.refresh();
  // No runner process, no loaded tagger.
  const unloaded = !runner.isConnected || (await runner.request('unloadTagger', {})).unloaded;
  if (unloaded) {
    const text = vscode.l10n.t('The tagger is unloaded; its memory is free. The next job loads it again.');
    void vscode.window.showInformationMessage(text);
  } else {
    void vscode.window.showWarningMessage(vscode.l10n.t('A job uses the tagger. Pause or cancel it first.'));
  }
}

async function revealImage(editors: DatasetEditorProvider, root: string, image: string): Promise<void> {
  await openDatasets(editors, [vscode.Uri.file(root)]);
  const grid = editors.open.findLast(({ session }) => session.document.uri.fsPath === root);
  await grid?.reveal(image);
}
