import type { Dataset } from '../../dataset/Dataset';
import type { ScanProblem } from '../../dataset/scan/scanDataset';
import type { JobResult, JobTarget } from '../../jobs/captionJob';
import type { ImageOutcome } from '../../jobs/imageOutcomes';
import type { TaggerDescription } from '../../protocol/tagging/taggerProtocol';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import {
  countParts,
  partsThatChange,
  type ChangeTotals,
  type PartsThatChange,
} from '../../records/edits/partsThatChange';
import { executionAsJson } from '../flags/taggerFlags';
import { byAbsolutePath } from '../shared/byAbsolutePath';
import type { CommandInput, CommandOutcome } from '../shared/Command';
import { jsonObject, jsonOfMap } from '../shared/jsonObject';

/** What a job would do to one caption. */
interface Change extends PartsThatChange {
  before: string;
  after: string;
}

/** The report of `caption --dry-run`: what a job would do to captions. */
export class DryRunReport {
  private status: JobResult['status'] = 'completed';
  private message = '';
  private total: number;
  private readonly totals: ChangeTotals = { adds: 0, removes: 0, keeps: 0 };
  /** by the path of the image, relative to the dataset; so the maps below */
  private readonly changes = new Map<string, Change>();
  /** images whose captions would stay as they are */
  private unchanged = 0;
  private untagged = 0;
  private readonly failed: Map<string, string>;
  private readonly kept = new Map<string, string>();
  private readonly shared = new Map<string, string>();

  constructor(
    private readonly dataset: Dataset,
    /** what the scan could not use: of these only images count as failed */
    private readonly problems: readonly ScanProblem[],
    private readonly description: TaggerDescription,
    private readonly separator: string,
  ) {
    this.failed = new Map(problems.filter(({ isImage }) => isImage).map(({ path, reason }) => [path, reason]));
    this.total = this.failed.size;
  }

  get outcome(): CommandOutcome {
    if (this.status !== 'completed') return this.looked === 0 ? 'nothingDone' : 'someFailed';
    return this.failed.size > 0 ? 'someFailed' : 'done';
  }

  /** Whether it goes on with what is left. */
  get isWhole(): boolean {
    return this.status === 'completed';
  }

  /** Expects so many images more. */
  expect(images: number): void {
    this.total += images;
  }

  /** Takes down what would be written; called before the outcome. */
  text({ path, caption }: JobTarget, after: string): void {
    const before = caption.text;
    if (caption.isText(after, this.dataset.options.emptiedCaption)) return;
    const parts = partsThatChange(before, after, this.separator);
    countParts(this.totals, parts);
    this.changes.set(path, { before, after, ...parts });
  }

  /** Takes down what would become of an image. */
  end(image: string, outcome: ImageOutcome, reason = ''): void {
    if (outcome === 'failed') this.failed.set(image, reason);
    else if (outcome === 'kept') this.kept.set(image, reason);
    else if (outcome !== 'written') this.unchanged++;
    if (outcome === 'untagged') this.untagged++;
    for (const other of this.dataset.image(image)?.caption.images ?? [])
      if (other !== image) this.shared.set(other, image);
  }

  /** Takes down how it ended. */
  ended({ status, message }: Pick<JobResult, 'status' | 'message'>): void {
    this.status = status;
    this.message = message;
  }

  async print({ json, output }: CommandInput): Promise<void> {
    const { dataset, status, message, totals, untagged, failed, kept } = this;
    const absolute = <Value>(map: ReadonlyMap<string, Value>): Map<string, Value> =>
      byAbsolutePath(map, (relative) => dataset.absolute(relative));
    const shared = absolute(new Map(Array.from(this.shared, ([other, image]) => [other, dataset.absolute(image)])));
    for (const { path, reason } of this.problems) output.note(`${dataset.absolute(path)}: ${reason}`);
    for (const sentence of dataset.otherPictures) output.note(sentence);
    for (const [other, image] of shared) {
      output.note(`${other}: has the caption file of ${image}, which would be written for that one.`);
    }
    const changes = absolute(this.changes);
    const stay = this.unchanged + kept.size;
    if (json) {
      const others = this.problems.filter(({ isImage }) => !isImage);
      const entries: [string, string][] = [
        ['status', JSON.stringify(status)],
        ['dry_run', 'true'],
        ['done', JSON.stringify(this.looked)],
        ['total', JSON.stringify(this.total)],
        ['untagged', JSON.stringify(untagged)],
        ...Object.entries(totals).map(([name, count]): [string, string] => [name, JSON.stringify(count)]),
        ['changed', JSON.stringify(changes.size)],
        ['unchanged', JSON.stringify(stay)],
        ['execution', JSON.stringify(executionAsJson(this.description))],
        ['changes', jsonObject(Array.from(changes, ([file, change]) => [file, jsonOfChange(change)]))],
        ['failed', jsonOfMap(absolute(failed))],
        ['kept', jsonOfMap(absolute(kept))],
        ['shared', jsonOfMap(shared)],
        ['problems', jsonOfMap(absolute(new Map(others.map(({ path, reason }) => [path, reason]))))],
      ];
      if (message !== '') entries.push(['message', JSON.stringify(message)]);
      await output.result(`${jsonObject(entries)}\n`);
    } else {
      for (const [file, change] of changes) await output.line(`${nameInOneLine(file)}: ${lineOf(change)}`);
      const { adds, removes, keeps } = totals;
      const tags = `adds ${adds}, removes ${removes}, keeps ${keeps} tags in ${captions(changes.size)}`;
      await output.line(`${tags}; ${stay === 1 ? '1 caption stays as it is' : `${stay} captions stay as they are`}`);
    }
    const details = [`${this.looked} of ${this.total} images looked at, nothing was written`];
    if (untagged > 0) details.push(`${untagged} of them without a tag`);
    if (kept.size > 0) details.push(`${kept.size} would be kept as they are`);
    if (shared.size > 0) details.push(`${shared.size} more share their caption files with others`);
    if (failed.size > 0) details.push(`${failed.size} failed`);
    const words = { completed: 'Dry run', cancelled: 'Dry run, cancelled', error: 'Dry run, error' };
    output.note(`${words[status]}: ${details.join(', ')}`);
    if (message !== '') output.note(message);
  }

  /** Images that have been tagged, or need not be. */
  private get looked(): number {
    return this.changes.size + this.unchanged + this.kept.size;
  }
}

function captions(count: number): string {
  return count === 1 ? '1 caption' : `${count} captions`;
}

function lineOf({ added, removed, kept }: Change): string {
  if (added.length + removed.length === 0) return `the same ${kept === 1 ? 'tag' : `${kept} tags`}, written otherwise`;
  const keeps = removed.length + kept === 0 ? [] : [`keeps ${kept}`];
  return [...added.map((tag) => `+ ${tag}`), ...removed.map((tag) => `- ${tag}`), ...keeps].join(', ');
}

function jsonOfChange({ before, after, added, removed, kept }: Change): string {
  return JSON.stringify({ before, after, adds: added, removes: removed, keeps: kept });
}
