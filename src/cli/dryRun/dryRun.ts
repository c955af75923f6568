import { InPlaceWriter } from '../../dataset/files/FileWriter';
import type { Dataset } from '../../dataset/Dataset';
import type { ScanProblem } from '../../dataset/scan/scanDataset';
import type { JobTarget } from '../../jobs/captionJob';
import type { NewTaggerJob, JobFolder } from '../../jobs/folder/JobFolder';
import { readJobWork, targetsBesides } from '../../jobs/folder/jobTargets';
import { isListed } from '../../jobs/imageOutcomes';
import { previewCaptions } from '../../jobs/run/previewCaptions';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import { JobRate } from '../../protocol/text/JobRate';
import type { LoadedTagger } from '../flags/taggerFlags';
import type { CommandInput, CommandOutcome } from '../shared/Command';
import { DryRunReport } from './DryRunReport';

/** What a dry run is of. */
export interface DryRun {
  tagger: TaggerProcess;
  loaded: LoadedTagger;
  dataset: Dataset;
  targets: readonly JobTarget[];
  /** what the scan could not use */
  problems: readonly ScanProblem[];
  job: NewTaggerJob;
  /** an interrupted job that would go on first */
  unfinished: JobFolder | undefined;
}

/** Images that a job would caption, with the dataset that they are read from. */
interface Part {
  dataset: Dataset;
  targets: readonly JobTarget[];
}

/** Says what a job would do to captions, and does nothing of it: no caption, record, snapshot or job is written. */
export async function dryRun(input: CommandInput, run: DryRun): Promise<CommandOutcome> {
  const { tagger, loaded, dataset, job } = run;
  const { output, signal } = input;
  const report = new DryRunReport(dataset, run.problems, loaded.description, job.write.separator);
  const end = (image: string, ...rest: [Parameters<DryRunReport['end']>[1], string | undefined]): void => {
    const [outcome, reason] = rest;
    if (isListed(outcome) && reason !== undefined) output.note(`${dataset.absolute(image)}: ${reason}`);
    report.end(image, outcome, reason);
  };
  try {
    const parts = await partsOf(run, end, report, signal);
    const rate = new JobRate();
    const all = parts.reduce((sum, { targets }) => sum + targets.length, 0);
    let before = 0;
    report.expect(all);
    for (const part of parts) {
      const result = await previewCaptions(part.dataset, part.targets, {
        tagger,
        setup: loaded.setup,
        options: job.options,
        mode: job.mode,
        write: job.write,
        imagesInWork: loaded.description.imagesInWork,
        signal,
        onText: (target, text) => {
          report.text(target, text);
        },
        onOutcome: ({ path: image }, outcome, reason) => {
          end(image, outcome, reason);
        },
        onProgress: ({ handled }) => {
          const done = before + handled;
          output.progress(`Dry run: ${done}/${all} ${rate.describe(Date.now(), done, all)}`.trimEnd());
        },
        onNote: (note) => {
          output.note(note);
        },
      });
      before += part.targets.length;
      report.ended(result);
      if (!report.isWhole) break;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    report.ended({ status: 'cancelled', message: '' });
  }
  await report.print(input);
  return report.outcome;
}

/** What would be captioned: first what is left of an interrupted job, then all that is not in it. */
async function partsOf(
  { dataset, targets, unfinished, job }: DryRun,
  end: (image: string, outcome: 'kept' | 'failed', reason: string | undefined) => void,
  report: DryRunReport,
  signal: AbortSignal,
): Promise<Part[]> {
  if (unfinished === undefined) return [{ dataset, targets }];
  const images = await unfinished.readImages();
  const records = await unfinished.readJournal();
  // They would be tried again.
  for (const record of records.values()) if (record.outcome === 'failed') delete record.outcome;
  const left = await readJobWork(job, images, records, new InPlaceWriter(), signal);
  report.expect(left.settled.length);
  for (const { index, outcome, reason } of left.settled) end(images[index]?.path ?? '', outcome, reason);
  return [
    { dataset: left.dataset, targets: left.targets },
    { dataset, targets: targetsBesides(targets, dataset, images) },
  ];
}
