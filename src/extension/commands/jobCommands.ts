import path from 'node:path';
import * as vscode from 'vscode';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { isEnded, isLive, isResumable } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { jobDescription } from '../captioning/jobText';
import type { JobReports } from '../captioning/JobReports';
import { revealImageCommand, type JobTree } from '../captioning/JobTree';
import { openDatasets } from '../editor/openDataset';
import { revertWithProgress } from './revertJobCommand';

/** Registers what can be done with jobs. A command of the palette asks which job, one of the view is told. */
export function registerJobCommands(
  jobs: CaptionJobs,
  tree: JobTree,
  reports: JobReports,
  editors: DatasetEditorProvider,
  writer: FileWriter,
): vscode.Disposable {
  const on =
    (fits: (job: JobInfo) => boolean, act: (job: JobInfo) => unknown) =>
    async (argument?: unknown): Promise<void> => {
      try {
        const job = await meantJob(jobs, tree, fits, argument);
        if (job !== undefined) await act(job);
      } catch (thrown) {
        void vscode.window.showErrorMessage(errorMessage(thrown));
      }
    };
  const { runner } = jobs;
  const isWaiting = (job: JobInfo): boolean => isLive(job) && job.status === 'queued';
  const waiting = (): JobInfo[] => jobs.all.filter(isWaiting);
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      'datasetCaptions.pauseJob',
      on(
        (job) => isLive(job) && job.status === 'running',
        ({ id }) => jobs.control(id, 'pause'),
      ),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.resumeJob',
      on(isResumable, ({ id }) => jobs.resume(id)),
    ),
    vscode.commands.registerCommand('datasetCaptions.cancelJob', (argument?: unknown) =>
      argument === undefined && meansAllJobs(jobs, tree)
        ? jobs.cancelAll()
        : on(
            (job) => !isEnded(job),
            ({ id }) => jobs.control(id, 'cancel'),
          )(argument),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.retryFailed',
      on(
        (job) => job.status === 'completed' && job.counts.failed > 0,
        ({ id }) => jobs.resume(id, true),
      ),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.moveJobUp',
      on(isWaiting, ({ id }) => {
        const order = waiting().map((job) => job.id);
        const before = order[order.indexOf(id) - 1];
        return before === undefined ? undefined : runner.request('move', { id, before });
      }),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.moveJobDown',
      on(isWaiting, ({ id }) => {
        const order = waiting().map((job) => job.id);
        return runner.request('move', { id, before: order[order.indexOf(id) + 2] ?? null });
      }),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.openJobReport',
      on(
        () => true,
        (job) => reports.open(job),
      ),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.revertJob',
      on(
        (job) => !isLive(job) && job.counts.written > 0,
        (job) => revertWithProgress(job, jobs, editors, writer),
      ),
    ),
    vscode.commands.registerCommand(
      'datasetCaptions.removeJob',
      on(
        (job) => !isLive(job),
        (job) => remove(jobs, [job]),
      ),
    ),
    vscode.commands.registerCommand('datasetCaptions.clearFinishedJobs', () => remove(jobs, jobs.all.filter(isEnded))),
    vscode.commands.registerCommand(
      'datasetCaptions.openJobDataset',
      on(
        () => true,
        ({ root }) => openDatasets(editors, [vscode.Uri.file(root)]),
      ),
    ),
    vscode.commands.registerCommand('datasetCaptions.unloadTagger', () => unloadTagger(jobs)),
    vscode.commands.registerCommand(revealImageCommand, (root: string, image: string) =>
      revealImage(editors, root, image),
    ),
  );
}

/** Whether cancelling without naming a job means all that are under way: one that is being prepared is in no list. */
function meansAllJobs(jobs: CaptionJobs, { selected }: JobTree): boolean {
  if (selected !== undefined && !isEnded(selected)) return false;
  return jobs.isPreparing || (selected === undefined && jobs.all.some(isLive));
}

/** The job that a command of the view is about, else one that the user picks where several fit. */
async function meantJob(
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

/** Removes jobs from the list. Asks where that is the end of reverting them. */
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
  for (const { id } of removed) await jobs.runner.request('remove', { id });
}

async function unloadTagger({ runner }: CaptionJobs): Promise<void> {
  await runner.refresh();
  // Where no process runs jobs, none has a tagger.
  const unloaded = !runner.isConnected || (await runner.request('unloadTagger', {})).unloaded;
  if (unloaded) {
    const text = vscode.l10n.t('The tagger is unloaded; its memory is free. The next job loads it again.');
    void vscode.window.showInformationMessage(text);
  } else {
    void vscode.window.showWarningMessage(vscode.l10n.t('A job uses the tagger. Pause or cancel it first.'));
  }
}

async function revealImage(editors: DatasetEditorProvider, root: string, image: string): Promise<void> {
  try {
    await openDatasets(editors, [vscode.Uri.file(root)]);
    const grid = editors.open.findLast(({ document }) => document.uri.fsPath === root);
    await grid?.reveal(image);
  } catch (thrown) {
    void vscode.window.showErrorMessage(errorMessage(thrown));
  }
}
