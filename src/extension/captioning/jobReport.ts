import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { escapeControls } from '../../protocol/text/escapeControls';
import { handledOf } from '../../jobs/folder/jobInfo';
import type { RevertResult } from '../../jobs/run/revertJob';
import type { ImageRecord } from '../../jobs/folder/journalEntries';
import { captionedBy, type JobImage, type JobInfo, type JobManifest } from '../../jobs/jobTypes';
import { formatSeconds } from '../../protocol/text/downloadText';
import { jobStateName } from '../../protocol/text/jobStateName';
import { jobView } from './jobText';

/** The content of a report. */
export interface ReportedJob {
  info: JobInfo;
  manifest: JobManifest;
  images: readonly JobImage[];
  records: ReadonlyMap<number, ImageRecord>;
  /** total running time in milliseconds, over all runs */
  ran: number;
  /** what reverting the job did; undefined if it was not reverted */
  revert: RevertResult | undefined;
}

/** A report in Markdown: counts, times, execution provider, options, and each image that did not get its caption. */
export function jobReport(job: ReportedJob): string {
  const { info, manifest, revert } = job;
  const { fault } = info;
  const parts = [
    `# ${plain(info.label)}`,
    fault === undefined ? '' : `> ${plain(fault.message)}`,
    table(summary(job)),
    section(l10n.t('Images'), table(numbers(info))),
    section(l10n.t('Runs on'), list(info.execution.flatMap(({ runsOn, notUsed }) => [runsOn, ...notUsed].map(plain)))),
    section(l10n.t('Failed'), list(withReasons(job, 'failed'))),
    section(l10n.t('To look at: the answer was not written'), list(withReasons(job, 'flagged'))),
    section(l10n.t('Kept as they were'), list(withReasons(job, 'kept'))),
    section(l10n.t('No tag above the threshold'), list(withReasons(job, 'untagged'))),
    revert === undefined
      ? ''
      : section(
          l10n.t('Left alone when the job was reverted'),
          list(revert.left.map(({ path, reason }) => `${code(path)}: ${plain(reason)}`)) || l10n.t('None.'),
        ),
    section(l10n.t('Options'), `\`\`\`json\n${JSON.stringify(optionsOf(manifest), null, 2)}\n\`\`\``),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function summary({ info, manifest, ran }: ReportedJob): [string, string][] {
  const { imagesPerSecond, reverted, started, finished } = info;
  const rate = imagesPerSecond ?? (ran > 0 ? (handledOf(info.counts) / ran) * 1000 : 0);
  return [
    [l10n.t('Dataset'), code(manifest.root).replaceAll('|', String.raw`\|`)],
    [l10n.t('State'), jobStateName(jobView(info).state)],
    ['captioner' in manifest ? l10n.t('Captioner') : l10n.t('Tagger'), plain(captionedBy(manifest))],
    [l10n.t('Started'), time(started)],
    [l10n.t('Finished'), time(finished)],
    [l10n.t('Ran for'), ran > 0 ? formatSeconds(ran / 1000) : ''],
    [l10n.t('Images a second'), rate > 0 ? rate.toFixed(1) : ''],
    [l10n.t('Reverted'), time(reverted)],
  ];
}

function numbers({ counts, total }: JobInfo): [string, string][] {
  const rows: [string, number][] = [
    [l10n.t('All'), total],
    [l10n.t('Written'), counts.written],
    [l10n.t('Had this caption already'), counts.same],
    [l10n.t('No tag above the threshold'), counts.untagged],
    [l10n.t('Kept'), counts.kept],
    [l10n.t('To look at'), counts.flagged],
    [l10n.t('Failed'), counts.failed],
    [l10n.t('Not done'), total - handledOf(counts)],
  ];
  return rows.filter(([, count]) => count > 0).map(([name, count]) => [name, count.toLocaleString(displayLanguage())]);
}

function withReasons({ images, records }: ReportedJob, wanted: 'failed' | 'flagged' | 'kept' | 'untagged'): string[] {
  const lines: string[] = [];
  for (const [index, { outcome, reason }] of records) {
    const image = images[index];
    if (outcome !== wanted || image === undefined) continue;
    lines.push(reason === undefined ? code(image.path) : `${code(image.path)}: ${plain(reason)}`);
  }
  return lines;
}

/** The options that the user chose. No paths, no addresses and no environment: a report may be shared. */
function optionsOf(job: JobManifest): unknown {
  const { mode, write, captionExtension, place } = job;
  const common = { mode, write, captionExtension, place };
  if ('captioner' in job) {
    const { model, system, prompt, trigger, sampling, imageSide, output } = job.captioner.profile;
    return { ...common, captioner: { model, system, prompt, trigger, sampling, imageSide, output } };
  }
  const { models, merge, execution } = job.tagger.setup;
  const thresholds = models.map((model) => model.thresholds);
  return { ...common, options: job.options, tagger: { merge, thresholds, execution } };
}

function time(iso: string | undefined): string {
  return iso === undefined ? '' : new Date(iso).toLocaleString(displayLanguage());
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function list(lines: readonly string[]): string {
  return lines.map((text) => `- ${text}`).join('\n');
}

function table(rows: readonly [string, string][]): string {
  const shown = rows.filter(([, value]) => value !== '');
  return ['| | |', '| --- | --- |', ...shown.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

/**
 * A path as inline code: between more backticks than it has in a row, so that none of them ends it. In a table its bars
 * have to be escaped.
 */
function code(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  // One blank at both ends does not count, and keeps a backtick at an end apart from those around it.
  const pad = longest > 0 || text.startsWith(' ') ? ' ' : '';
  return `${ticks}${pad}${escapeControls(text)}${pad}${ticks}`;
}

/** Text with the special characters of Markdown escaped, in one line. */
function plain(text: string): string {
  return escapeControls(text.replaceAll(/\r\n?|\n/g, ' ')).replace(/[\\`*_{}[\]<>#|~&]/g, String.raw`\$&`);
}
