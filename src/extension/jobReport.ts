import { handledOf } from '../jobs/jobInfo';
import type { RevertResult } from '../jobs/revertJob';
import type { ImageRecord } from '../jobs/journalEntries';
import type { JobImage, JobInfo, JobManifest } from '../jobs/jobTypes';
import { formatSeconds } from '../protocol/downloadText';
import { jobStateName, jobView } from './jobText';
import type { Translate } from './questionBeforeWriting';

/** All that is known of a job. */
export interface ReportedJob {
  info: JobInfo;
  manifest: JobManifest;
  images: readonly JobImage[];
  records: ReadonlyMap<number, ImageRecord>;
  /** milliseconds that it ran, over all runs */
  ran: number;
  /** what its revert did, where it was reverted */
  revert: RevertResult | undefined;
}

/** A job as a Markdown document: numbers, times, what it ran on, options, and each image that did not get its caption. */
export function jobReport(job: ReportedJob, t: Translate): string {
  const { info, manifest, revert } = job;
  const { fault } = info;
  const parts = [
    `# ${plain(info.label)}`,
    fault === undefined ? '' : `> ${plain(fault.message)}`,
    table(summary(job, t)),
    section(t('Images'), table(numbers(info, t))),
    section(t('Runs on'), list(info.execution.flatMap(({ runsOn, notUsed }) => [runsOn, ...notUsed]))),
    section(t('Failed'), list(withReasons(job, 'failed'))),
    section(t('Kept because they were edited meanwhile'), list(withReasons(job, 'kept'))),
    section(t('No tag above the threshold'), list(withReasons(job, 'untagged'))),
    revert === undefined
      ? ''
      : section(
          t('Left alone when the job was reverted'),
          list(revert.left.map(({ path, reason }) => `${code(path)}: ${plain(reason)}`)) || t('None.'),
        ),
    section(t('Options'), `\`\`\`json\n${JSON.stringify(optionsOf(manifest), null, 2)}\n\`\`\``),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function summary({ info, manifest, ran }: ReportedJob, t: Translate): [string, string][] {
  const { imagesPerSecond, reverted, started, finished } = info;
  const rate = imagesPerSecond ?? (ran > 0 ? (handledOf(info.counts) / ran) * 1000 : 0);
  return [
    [t('Dataset'), code(manifest.root)],
    [t('State'), jobStateName(jobView(info, t).state, t)],
    [t('Tagger'), plain(manifest.tagger.name)],
    [t('Started'), time(started)],
    [t('Finished'), time(finished)],
    [t('Ran for'), ran > 0 ? formatSeconds(ran / 1000) : ''],
    [t('Images a second'), rate > 0 ? rate.toFixed(1) : ''],
    [t('Reverted'), time(reverted)],
  ];
}

function numbers({ counts, total }: JobInfo, t: Translate): [string, string][] {
  const rows: [string, number][] = [
    [t('All'), total],
    [t('Written'), counts.written],
    [t('Had this caption already'), counts.same],
    [t('No tag above the threshold'), counts.untagged],
    [t('Kept'), counts.kept],
    [t('Failed'), counts.failed],
    [t('Not done'), total - handledOf(counts)],
  ];
  return rows.filter(([, count]) => count > 0).map(([name, count]) => [name, count.toLocaleString()]);
}

function withReasons({ images, records }: ReportedJob, wanted: 'failed' | 'kept' | 'untagged'): string[] {
  const lines: string[] = [];
  for (const [index, { outcome, reason }] of records) {
    const image = images[index];
    if (outcome !== wanted || image === undefined) continue;
    lines.push(reason === undefined ? code(image.path) : `${code(image.path)}: ${plain(reason)}`);
  }
  return lines;
}

/** What was chosen; not where files are, nor what this machine has in its environment. */
function optionsOf({ mode, write, options, tagger, captionExtension, place }: JobManifest): unknown {
  const { models, merge, execution } = tagger.setup;
  const thresholds = models.map((model) => model.thresholds);
  return { mode, write, captionExtension, place, options, tagger: { merge, thresholds, execution } };
}

function time(iso: string | undefined): string {
  return iso === undefined ? '' : new Date(iso).toLocaleString();
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

/** A path as code, whatever characters it has. */
function code(text: string): string {
  const ticks = /`+/g.exec(text) === null ? '`' : '```';
  return `${ticks}${text.replaceAll('|', '\\|').replaceAll('\n', ' ')}${ticks}`;
}

/** Text without a meaning for Markdown. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
