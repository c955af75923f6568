import type { Dataset } from '../../dataset/Dataset';
import type { ScanProblem } from '../../dataset/scan/scanDataset';
import type { JobFolder } from '../../jobs/folder/JobFolder';
import type { JobRunEnd } from '../../jobs/run/JobRunBase';
import type { FlagReason } from '../../protocol/captioning/captionerProfile';
import { flaggedAnswers } from '../../jobs/folder/flaggedAnswers';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { byAbsolutePath } from '../shared/byAbsolutePath';
import type { CommandInput, CommandOutcome } from '../shared/Command';
import { jsonObject, jsonOfMap } from '../shared/jsonObject';

/** The report of the command `caption`, over all jobs that it ran. */
export class CaptionReport {
  private status: 'completed' | 'cancelled' | 'error' = 'completed';
  private message = '';
  private total: number;
  private untagged = 0;
  /** the whole caption of each image that is done, by relative path; empty if no tag passed the threshold */
  private readonly results = new Map<string, string>();
  private readonly failed: Map<string, string>;
  /** why the caption of an image was kept that somebody else wrote, by relative path */
  private readonly kept = new Map<string, string>();
  /** the answers of a captioner that are no captions, by relative path */
  private readonly flagged = new Map<string, { reason: FlagReason; text: string }>();
  /** images that the jobs did not caption for themselves, as an earlier one has the same caption file, and that one */
  private readonly shared = new Map<string, string>();
  private readonly jobs: string[] = [];

  constructor(
    private readonly dataset: Dataset,
    /** what the scan could not use: of these only images count as failed */
    private readonly problems: readonly ScanProblem[],
    /** what captions and where, as it is printed */
    private readonly execution: unknown,
  ) {
    this.failed = reasonsOf(problems.filter(({ isImage }) => isImage));
    this.total = this.failed.size;
  }

  get outcome(): CommandOutcome {
    if (this.status !== 'completed') return this.results.size === 0 ? 'nothingDone' : 'someFailed';
    return this.failed.size + this.flagged.size > 0 ? 'someFailed' : 'done';
  }

  /** Adds the results of a job, those of its earlier runs included. */
  async add(folder: JobFolder, { info, result }: JobRunEnd): Promise<void> {
    const images = await folder.readImages();
    this.jobs.push(info.id);
    this.total += images.length;
    this.untagged += info.counts.untagged;
    for (const [index, { outcome, reason }] of await folder.readJournal()) {
      const image = images[index]?.path;
      if (image === undefined || outcome === undefined) continue;
      for (const other of this.dataset.image(image)?.caption.images ?? [])
        if (other !== image) this.shared.set(other, image);
      if (outcome === 'kept') this.kept.set(image, reason ?? 'Somebody wrote a caption meanwhile; it was kept.');
      else if (outcome === 'flagged') continue;
      else if (reason !== undefined) this.failed.set(image, reason);
      else {
        const earlier = outcome === 'untagged' ? '' : (this.dataset.image(image)?.caption.text ?? '');
        this.results.set(image, result?.results.get(image) ?? earlier);
      }
    }
    for (const { path, flag, text } of await flaggedAnswers(folder)) this.flagged.set(path, { reason: flag, text });
    if (info.status === 'completed') return;
    this.status = info.fault === undefined ? 'cancelled' : 'error';
    const whatNext =
      info.status === 'cancelled'
        ? 'The job was cancelled from elsewhere: the same command begins anew.'
        : 'The same command goes on with what is left.';
    this.message = info.fault?.message ?? whatNext;
  }

  async print({ json, output }: CommandInput): Promise<void> {
    const { dataset, status, message, total, untagged, results, failed, flagged, kept, shared } = this;
    for (const { path, reason } of this.problems) output.note(`${dataset.absolute(path)}: ${reason}`);
    for (const sentence of dataset.otherPictures) output.note(sentence);
    for (const [other, image] of this.byAbsolutePath(shared)) {
      output.note(`${other}: has the caption file of ${dataset.absolute(image)}, which is written for that one.`);
    }
    if (json) {
      const entries: [string, string][] = [
        ['status', JSON.stringify(status)],
        ['done', JSON.stringify(results.size)],
        ['total', JSON.stringify(total)],
        ['untagged', JSON.stringify(untagged)],
        ['jobs', JSON.stringify(this.jobs)],
        ['execution', JSON.stringify(this.execution)],
        ['results', jsonOfMap(this.byAbsolutePath(results))],
        ['failed', jsonOfMap(this.byAbsolutePath(failed))],
        [
          'flagged',
          jsonObject(Array.from(this.absolute(flagged), ([file, one]) => [file, JSON.stringify(one)] as const)),
        ],
        ['kept', jsonOfMap(this.byAbsolutePath(kept))],
        ['shared', jsonOfMap(this.byAbsolutePath(shared, (image) => dataset.absolute(image)))],
        ['problems', jsonOfMap(this.byAbsolutePath(reasonsOf(this.problems.filter(({ isImage }) => !isImage))))],
      ];
      if (message !== '') entries.push(['message', JSON.stringify(message)]);
      await output.result(`${jsonObject(entries)}\n`);
    } else {
      for (const [path, caption] of this.byAbsolutePath(results)) {
        await output.line(`${nameInOneLine(path)}: ${caption}`);
      }
    }
    const details = [`${results.size} of ${total} done`];
    if (untagged > 0) details.push(`${untagged} of them without a tag, their captions were kept`);
    if (kept.size > 0) details.push(`${kept.size} kept as they are`);
    if (shared.size > 0) details.push(`${shared.size} more share their caption files with others`);
    if (flagged.size > 0) details.push(`${flagged.size} flagged, their captions were kept`);
    if (failed.size > 0) details.push(`${failed.size} failed`);
    const words = { completed: 'Completed', cancelled: 'Cancelled', error: 'Error' };
    output.note(`${words[status]}: ${details.join(', ')}`);
    if (message !== '') output.note(message);
    if (results.size > 0) for (const id of this.jobs) output.note(`"revert ${id}" takes back what was written.`);
  }

  private absolute<Value>(map: ReadonlyMap<string, Value>): Map<string, Value> {
    return byAbsolutePath(map, (relative) => this.dataset.absolute(relative));
  }

  /** By the absolute paths, in natural order. */
  private byAbsolutePath(
    map: ReadonlyMap<string, string>,
    shown: (value: string) => string = (value) => value,
  ): Map<string, string> {
    return new Map(Array.from(this.absolute(map), ([file, value]) => [file, shown(value)]));
  }
}

function reasonsOf(problems: readonly ScanProblem[]): Map<string, string> {
  return new Map(problems.map(({ path, reason }) => [path, reason]));
}
