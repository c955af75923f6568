import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { compareNaturally } from '../../base/naturalOrder';
import { JobFolder } from '../../jobs/folder/JobFolder';
import type { JobInfo } from '../../jobs/jobTypes';
import { previewRevert, revertJob, type RevertResult } from '../../jobs/run/revertJob';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import { noteRevert } from '../captioning/JobReports';

/** Maximum number of untouched captions that the message names; the report names all. */
const maxNamed = 3;

/**
 * Reverts what a job wrote, after asking, with a notification that can cancel it, and says which captions were left
 * alone because they were changed since.
 * @throws JobError, JOB_CHANGED if it wrote more while the question was open; errors of the disk
 */
export async function revertWithProgress(
  job: JobInfo,
  jobs: CaptionJobs,
  editors: DatasetEditorProvider,
  writer: FileWriter,
): Promise<void> {
  const folder = new JobFolder(path.join(jobs.jobsFolder, job.id));
  const { written, version } = await previewRevert(folder);
  const question = vscode.l10n.t('Revert {0} of {1}?', job.label, path.basename(job.root));
  const detail = vscode.l10n.t(
    'Each caption that the job wrote gets its previous text back; where there was no file, there is none again (captions: {0}). Captions that were changed since are left alone and listed.',
    written.toLocaleString(displayLanguage()),
  );
  const revert = vscode.l10n.t('Revert Job');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, revert)) !== revert) return;
  const documents = editors.documents.filter(({ uri }) => uri.fsPath === job.root);
  // Saved first, so that text typed since counts as a change and is left alone.
  for (const document of documents) await document.autoSave();
  const title = vscode.l10n.t('Reverting {0}', job.label);
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => run(folder, version, writer, progress, token),
  );
  for (const document of documents) await document.refresh();
  // If the runner cannot be told, it notices later that the job has changed; report what was reverted in any case.
  await jobs.reread(job.id).catch(() => undefined);
  if (result === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} was reverted in part. Revert it again to go on.', job.label),
    );
    return;
  }
  result.left.sort((a, b) => compareNaturally(a.path, b.path));
  await noteRevert(folder, result);
  await say(job, result);
}

/** @returns undefined if it was cancelled */
async function run(
  folder: JobFolder,
  shown: string,
  writer: FileWriter,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  token: vscode.CancellationToken,
): Promise<RevertResult | undefined> {
  const cancel = new AbortController();
  token.onCancellationRequested(() => {
    cancel.abort();
  });
  let reported = 0;
  let last = 0;
  try {
    return await revertJob(folder, writer, {
      signal: cancel.signal,
      shown,
      onProgress: (done, total) => {
        const now = Date.now();
        if (now - last < 250) return;
        last = now;
        const part = (100 * done) / total;
        progress.report({
          increment: part - reported,
          message: `${done.toLocaleString(displayLanguage())}/${total.toLocaleString(displayLanguage())}`,
        });
        reported = part;
      },
    });
  } catch (thrown) {
    if (cancel.signal.aborted) return undefined;
    throw thrown;
  }
}

async function say(job: JobInfo, { reverted, left }: RevertResult): Promise<void> {
  const done = vscode.l10n.t(
    '{0} was reverted (captions: {1}).',
    job.label,
    reverted.length.toLocaleString(displayLanguage()),
  );
  if (left.length === 0) {
    void vscode.window.showInformationMessage(done);
    return;
  }
  const names = left.slice(0, maxNamed).map((image) => image.path);
  const all = left.length > names.length ? [...names, '…'] : names;
  const text = vscode.l10n.t(
    '{0} Left alone because they were changed since: {1} ({2})',
    done,
    left.length,
    all.join(', '),
  );
  const open = vscode.l10n.t('Open Report');
  if ((await vscode.window.showWarningMessage(text, open)) === open) {
    await vscode.commands.executeCommand('datasetCaptions.openJobReport', { id: job.id });
  }
}
