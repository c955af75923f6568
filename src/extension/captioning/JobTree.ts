import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { isEnded, isLive, isResumable } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import { inOneLine } from '../../protocol/text/escapeControls';
import { jobStateName } from '../../protocol/text/jobStateName';
import type { CaptionJobs } from './CaptionJobs';
import { Disposable } from '../shared/Disposable';
import { isReviewable, jobDescription, jobTooltip, jobView, moreFailures } from './jobText';

/** A command that shows an image. Arguments: the folder of the dataset, and the path of the image relative to it. */
export const revealImageCommand = 'datasetCaptions.internal.revealImage';

/** A job in the view. VS Code identifies nodes by object identity, so there is exactly one object per job. */
export interface JobNode {
  readonly id: string;
}

/** A line below a job. */
interface DetailNode {
  readonly id: string;
  readonly detail: vscode.TreeItem;
}

/** A line of the view. */
export type JobTreeNode = JobNode | DetailNode;

/** Redraws are throttled to one per this time, in milliseconds. */
const redrawPause = 250;

/** The sidebar view *Jobs*: running, waiting and past jobs with what they run on and what failed. */
export class JobTree extends Disposable implements vscode.TreeDataProvider<JobTreeNode> {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<JobTreeNode | undefined>());
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private readonly nodes = new Map<string, JobNode>();
  /** by job id, in order: what the view shows of it, as a text to compare with */
  private drawn = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly contexts = new Map<string, boolean>();

  constructor(
    private readonly jobs: CaptionJobs,
    private readonly view: vscode.TreeView<JobTreeNode>,
  ) {
    super();
    this.register(
      jobs.onDidChangeJobs(() => {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.redraw();
        }, redrawPause);
      }),
    );
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
      },
    });
  }

  /** The job that is selected in the view. */
  get selected(): JobInfo | undefined {
    const [node] = this.view.selection;
    return node === undefined ? undefined : this.jobs.get(node.id);
  }

  /** Selects a job in the view and expands it. */
  async reveal(id: string): Promise<void> {
    await this.view.reveal(this.node(id), { expand: true, focus: true });
  }

  getParent(): undefined {
    // VS Code asks this when a node is revealed; only jobs are, and they have no parent.
    return undefined;
  }

  getChildren(node?: JobTreeNode): JobTreeNode[] {
    if (node === undefined) return this.jobs.all.map(({ id }) => this.node(id));
    const job = 'detail' in node ? undefined : this.jobs.get(node.id);
    return job === undefined ? [] : details(job).map((detail) => ({ id: job.id, detail }));
  }

  getTreeItem(node: JobTreeNode): vscode.TreeItem {
    if ('detail' in node) return node.detail;
    const job = this.jobs.get(node.id);
    return job === undefined ? new vscode.TreeItem(node.id) : jobItem(job, this.jobs);
  }

  private node(id: string): JobNode {
    let node = this.nodes.get(id);
    if (node === undefined) this.nodes.set(id, (node = { id }));
    return node;
  }

  private redraw(): void {
    const { all } = this.jobs;
    const before = this.drawn;
    this.drawn = new Map(all.map((job) => [job.id, drawing(job, this.jobs)]));
    for (const id of this.nodes.keys()) if (!this.drawn.has(id)) this.nodes.delete(id);
    const message = this.jobs.runner.isOutdated
      ? vscode.l10n.t('A newer version of this extension runs the jobs. Reload this window to change them.')
      : '';
    if ((this.view.message ?? '') !== message) this.view.message = message;
    const running = all.filter((job) => isLive(job) && job.status === 'running').length;
    this.view.badge =
      running === 0
        ? undefined
        : {
            value: running,
            tooltip:
              running === 1
                ? vscode.l10n.t('1 captioning job runs')
                : vscode.l10n.t('{0} captioning jobs run', running),
          };
    this.setContext('datasetCaptions.jobRunning', all.some(isLive));
    this.setContext('datasetCaptions.jobsEnded', all.some(isEnded));
    this.setContext('datasetCaptions.jobsKnown', all.length > 0 || this.jobs.isPreparing);
    if ([...before.keys()].join() !== [...this.drawn.keys()].join()) {
      this.changeEmitter.fire(undefined);
      return;
    }
    for (const [id, text] of this.drawn) if (before.get(id) !== text) this.changeEmitter.fire(this.node(id));
  }

  private setContext(name: string, value: boolean): void {
    if (this.contexts.get(name) === value) return;
    this.contexts.set(name, value);
    void vscode.commands.executeCommand('setContext', name, value);
  }
}

/** All that the view shows of a job as one text: if it is unchanged, the job need not be redrawn. */
function drawing(job: JobInfo, jobs: CaptionJobs): string {
  const { description, contextValue, tooltip } = jobItem(job, jobs);
  return JSON.stringify([description, contextValue, tooltip, job.failures.length, job.execution]);
}

function jobItem(job: JobInfo, jobs: CaptionJobs): vscode.TreeItem {
  const hasDetails = details(job).length > 0;
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const open = job.fault === undefined ? Collapsed : Expanded;
  const name = `${job.label} – ${path.basename(job.root)}`;
  const description = [jobDescription(job), endTime(job)].filter(Boolean).join(' · ');
  const item = new vscode.TreeItem(job.label, hasDetails ? open : None);
  const view = jobView(job);
  item.id = job.id;
  // The dataset's name comes last: a narrow sidebar cuts it off, and the progress matters more.
  item.description = `${description} · ${path.basename(job.root)}`;
  item.tooltip = jobTooltip(job);
  item.contextValue = ['job', ...abilities(job, jobs)].join(' ');
  item.iconPath = icon(job);
  item.accessibilityInformation = { label: [name, jobStateName(view.state), description].join(', ') };
  return item;
}

function endTime({ finished }: JobInfo): string {
  if (finished === undefined) return '';
  const time = new Date(finished);
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday
    ? time.toLocaleTimeString(displayLanguage(), { timeStyle: 'short' })
    : time.toLocaleString(displayLanguage(), { dateStyle: 'short', timeStyle: 'short' });
}

/** What can be done with a job, as words for the `when` clauses of the menus. */
function abilities(job: JobInfo, jobs: CaptionJobs): string[] {
  const able: string[] = [];
  const live = isLive(job);
  const waiting = jobs.all.filter((other) => isLive(other) && other.status === 'queued');
  if (live && job.status === 'running') able.push('pausable');
  if (isResumable(job)) able.push('resumable');
  if (!isEnded(job)) able.push('cancellable');
  if (job.status === 'completed' && job.counts.failed > 0 && job.reverted === undefined) able.push('retryable');
  if (isReviewable(job)) able.push('reviewable');
  if (live && job.status === 'queued' && waiting.at(0)?.id !== job.id) able.push('movableUp');
  if (live && job.status === 'queued' && waiting.at(-1)?.id !== job.id) able.push('movableDown');
  if (!live && job.counts.written > 0) able.push('revertable');
  if (!live) able.push('removable');
  if (isEnded(job)) able.push('ended');
  return able;
}

function icon(job: JobInfo): vscode.ThemeIcon {
  const warning = new vscode.ThemeColor('list.warningForeground');
  const { state } = jobView(job);
  if (job.reverted !== undefined && isEnded(job)) return new vscode.ThemeIcon('discard');
  switch (state) {
    case 'starting':
    case 'running':
      return new vscode.ThemeIcon('sync~spin');
    case 'queued':
      return new vscode.ThemeIcon('clock');
    case 'paused':
      return job.fault === undefined ? new vscode.ThemeIcon('debug-pause') : new vscode.ThemeIcon('warning', warning);
    case 'interrupted':
      return new vscode.ThemeIcon('debug-disconnect', warning);
    case 'completed':
      return new vscode.ThemeIcon('check');
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash');
    case 'error':
      return new vscode.ThemeIcon('error');
  }
}

/** The lines below a job: why it is paused, what it runs on, which images failed. */
function details(job: JobInfo): vscode.TreeItem[] {
  const { id, fault, execution, failures } = job;
  const items: vscode.TreeItem[] = [];
  if (fault !== undefined) items.push(line(fault.message, 'warning', fault.message));
  for (const { runsOn, notUsed } of execution) items.push(line(runsOn, 'chip', [runsOn, ...notUsed].join('\n')));
  for (const { path: image, reason } of failures) {
    const name = inOneLine(image);
    const item = line(name, 'error', `${name}\n${reason}`);
    item.description = reason;
    item.contextValue = 'failure';
    item.accessibilityInformation = { label: `${name}, ${reason}` };
    item.command = {
      command: revealImageCommand,
      title: vscode.l10n.t('Show Image'),
      arguments: [job.root, image],
    };
    items.push(item);
  }
  const more = moreFailures(job);
  if (more > 0) {
    const item = line(vscode.l10n.t('{0} more in the report', more.toLocaleString(displayLanguage())), 'ellipsis', '');
    item.command = {
      command: 'datasetCaptions.openJobReport',
      title: vscode.l10n.t('Open Report'),
      arguments: [{ id }],
    };
    items.push(item);
  }
  return items;
}

function line(text: string, iconName: string, tooltip: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.iconPath = new vscode.ThemeIcon(iconName);
  item.tooltip = tooltip;
  return item;
}
