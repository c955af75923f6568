import path from 'node:path';
import * as vscode from 'vscode';
import { hasStopped, isLive, isResumable, type JobStep } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import { inOneLine } from '../../protocol/text/escapeControls';
import { jobStateName } from '../../protocol/text/jobStateName';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from './CaptionJobs';
import { Disposable } from '../shared/Disposable';
import { jobSummary, jobView } from './jobText';
import { jobsOutliveWindow } from '../settings/settings';
import { chosenCaptioner } from '../settings/captionerSettings';
import { hasChosenTagger } from '../settings/taggerSettings';

/** Codes of faults that selecting a different tagger or provider may solve. */
const taggerFaults: ReadonlySet<string> = new Set(['MODEL_CHANGED', 'PROVIDER_LOST', 'TAGGER_FAILED']);

/** A button of a message. */
interface Offer {
  title: string;
  act: () => Thenable<unknown>;
}

/** What leads to the flagged answers of a job, if it has any. */
function reviewOf({ id, counts }: JobInfo): Offer[] {
  if (counts.flagged === 0) return [];
  const act = (): Thenable<unknown> => vscode.commands.executeCommand('datasetCaptions.reviewFlagged', { id });
  return [{ title: vscode.l10n.t('Review Flagged'), act }];
}

/** Messages about jobs that ended, paused or were interrupted: one message per job, never one per image. */
export class JobNotices extends Disposable {
  /** ids of the jobs that a process has which neither this window nor its runner is connected with */
  private readonly elsewhere = new Set<string>();

  constructor(
    private readonly jobs: CaptionJobs,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register(
      jobs.onDidStep((step) => {
        this.onStep(step);
      }),
    );
  }

  /** Offers to resume jobs whose process ended before they did. No job resumes without the user's consent. */
  async offerToResume(): Promise<void> {
    // If jobs end with the window, those that were paused when it closed are offered as well.
    const waiting = this.jobs.all.filter(
      (job) => isResumable(job) && (job.interrupted || (!jobsOutliveWindow() && job.fault === undefined)),
    );
    const [first] = waiting;
    if (first === undefined) return;
    const name = path.basename(first.root);
    const text =
      waiting.length === 1
        ? vscode.l10n.t('{0} of {1} was interrupted.', first.label, name)
        : vscode.l10n.t('{0} captioning jobs were interrupted.', waiting.length);
    const resume = async (): Promise<void> => {
      for (const { id } of waiting) await this.jobs.resume(id);
    };
    await this.offer(vscode.window.showInformationMessage, text, [
      { title: vscode.l10n.t('Resume'), act: resume },
      { title: vscode.l10n.t('Show Jobs'), act: showJobs },
    ]);
  }

  private onStep(step: JobStep): void {
    const { job, before } = step;
    if (job.execution !== before?.execution && job.execution.length > 0 && before?.execution.length === 0) {
      for (const { runsOn, notUsed } of job.execution) this.log.info([`${runsOn}.`, ...notUsed].join(' '));
    }
    if (isLive(job) && job.runBy !== undefined) this.elsewhere.add(job.id);
    if (!hasStopped(step)) return;
    this.logEnd(job);
    // After a restart it takes a while until the job is known to be interrupted; nothing else tells the user then.
    const isLeft = this.elsewhere.delete(job.id) && job.interrupted;
    if (!isLeft && !this.jobs.isOwn(job.id) && !this.jobs.isOpen(job.root)) return;
    if (isResumable(job)) this.notifyStandstill(job);
    else if (job.total === 1) this.notifySingle(job);
    else if (job.status === 'completed') this.notifyEnd(job);
  }

  private logEnd(job: JobInfo): void {
    const { label, failures } = job;
    const { state, message } = jobView(job);
    this.log.info(`${label}: ${jobStateName(state)}. ${message}`);
    for (const { path: image, reason } of failures) this.log.info(`  not captioned: ${image}: ${reason}`);
  }

  private notifyStandstill(job: JobInfo): void {
    const { id, label, fault, interrupted } = job;
    const resume: Offer = { title: vscode.l10n.t('Resume'), act: () => this.jobs.resume(id) };
    const showLog = this.showLog();
    if (fault !== undefined) {
      const text = vscode.l10n.t('{0} is paused: {1}', label, fault.message);
      const select: Offer = {
        title: vscode.l10n.t('Select Captioner'),
        act: () => vscode.commands.executeCommand('datasetCaptions.selectTagger'),
      };
      const setKey: Offer = {
        title: vscode.l10n.t('Set Endpoint Key'),
        act: async () => {
          // Whoever mends what it waits for wants it to go on.
          const isSet = await vscode.commands.executeCommand<boolean>('datasetCaptions.setEndpointKey');
          if (isSet) await this.jobs.resume(id);
        },
      };
      const helps = taggerFaults.has(fault.code) ? [select] : fault.code === 'CAPTIONER_FAILED' ? [setKey] : [];
      const offers = [resume, ...helps, showLog];
      void this.offer(vscode.window.showWarningMessage, text, offers);
    } else if (interrupted) {
      const text = vscode.l10n.t('{0} was interrupted: the process that runs jobs ended.', label);
      void this.offer(vscode.window.showWarningMessage, text, [resume, showLog]);
    }
  }

  private notifySingle(job: JobInfo): void {
    const { label, failures, counts } = job;
    const [failure] = failures;
    if (failure !== undefined) {
      const text = vscode.l10n.t('{0}: {1}', inOneLine(failure.path), failure.reason);
      void this.offer(vscode.window.showWarningMessage, text, [...reviewOf(job), this.showLog()]);
    } else if (counts.untagged > 0) {
      const text = vscode.l10n.t('{0}: no tag passed the threshold; the caption was kept.', label);
      void vscode.window.showInformationMessage(text);
    }
  }

  private notifyEnd(job: JobInfo): void {
    const { id, label, failures } = job;
    if (failures.length > 0) {
      const text = vscode.l10n.t('{0}: {1}', label, jobSummary(job));
      const report: Offer = {
        title: vscode.l10n.t('Open Report'),
        act: () => vscode.commands.executeCommand('datasetCaptions.openJobReport', { id }),
      };
      void this.offer(vscode.window.showWarningMessage, text, [...reviewOf(job), report, this.showLog()]);
    }
    if (this.jobs.isOwn(id) && !hasChosenTagger() && chosenCaptioner() === '') void this.offerRealTaggers();
  }

  /** A user who never selected a tagger knows only the built-in one, which sees nothing but colours. */
  private offerRealTaggers(): Promise<void> {
    const text = vscode.l10n.t(
      'The built-in Palette wrote these captions: it sees colour and brightness only. A WD14 tagger sees what is in the picture.',
    );
    return this.offer(vscode.window.showInformationMessage, text, [
      {
        title: vscode.l10n.t('Select Captioner'),
        act: () => vscode.commands.executeCommand('datasetCaptions.selectTagger'),
      },
    ]);
  }

  private showLog(): Offer {
    return {
      title: vscode.l10n.t('Show Log'),
      act: () => vscode.commands.executeCommand('datasetCaptions.showLog'),
    };
  }

  private async offer(
    show: (text: string, ...titles: string[]) => Thenable<string | undefined>,
    text: string,
    offers: readonly Offer[],
  ): Promise<void> {
    const chosen = await show(text, ...offers.map(({ title }) => title));
    try {
      await offers.find(({ title }) => title === chosen)?.act();
    } catch (thrown) {
      void vscode.window.showErrorMessage(errorMessage(thrown));
    }
  }
}

/** Shows and focuses the view of the jobs. */
export function showJobs(): Thenable<unknown> {
  return vscode.commands.executeCommand('datasetCaptions.jobs.focus');
}
