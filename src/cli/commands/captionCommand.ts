import { planCaptionJob, type CaptionScope, type JobTarget } from '../../jobs/captionJob';
import type { Dataset } from '../../dataset/Dataset';
import type { WriteMode, WriteOptions } from '../../tags/writeMode';
import type { NewCaptionerJob, NewTaggerJob } from '../../jobs/folder/JobFolder';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { isInShard, parseShard, type Shard } from '../../jobs/folder/shardOf';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import { keysOfEnvironment } from '../../jobs/client/endpointKeys';
import { captionerFlagHelp, captionerFlags, captionerOf, refuseTaggerFlags } from '../captioners/captionerFlags';
import { imagesToRetry } from '../captioners/imagesToRetry';
import { jobCaptioner } from '../captioners/tagLists';
import { withoutMissing } from '../captioners/missingWords';
import { captionFlagHelp, captionFlags, captionOptionsOf, thresholdsOf, writeOptionsOf } from '../flags/captionFlags';
import { CaptionReport } from './CaptionReport';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { detach, jobsToRun, runHere, unfinishedOf } from './jobRuns';
import { dryRun } from '../dryRun/dryRun';
import { captionExtensionFlag, captionExtensionHelp, openFolderOrImage } from '../flags/inputFolder';
import { jobsFlag, jobsHelp } from '../flags/jobFlags';
import { snapshotFlag, snapshotHelp, snapshotLimits } from '../flags/snapshotFlag';
import { showDownload, withTagger } from './tagger';
import { executionAsJson, loadTaggerOf, taggerFlagHelp, taggerFlags } from '../flags/taggerFlags';
import { UsageError } from '../shared/UsageError';

/** Captions the images of a folder, or a single image. */
export const captionCommand: Command = {
  usage: '<folder-or-image>',
  summary: 'caption the images of a folder, or one image; the same command goes on with what was interrupted',
  flagHelp: [
    '--mode all|empty         all: every image, --write-mode says what becomes of captions that are there;',
    '                         empty (default): only where there is none; append, prepend and update mean all by default',
    '--shard I/N              only the part I (from 0) of N equal ones, by the path of the caption file: for machines',
    '                         that share the folder and know nothing of each other',
    '--detach                 in the background: prints the name of the job for "attach", "jobs" and "revert"',
    '--dry-run                writes nothing, and says what would come and go in each caption: all that decides it, such',
    '                         as --model, thresholds and --write-mode, holds as without it',
    '--restart                begins anew where a job of the same kind was interrupted',
    captionExtensionHelp,
    ...taggerFlagHelp,
    ...captionerFlagHelp,
    ...captionFlagHelp,
    snapshotHelp,
    jobsHelp,
  ],
  flags: {
    ...captionExtensionFlag,
    ...taggerFlags,
    ...captionerFlags,
    ...captionFlags,
    ...snapshotFlag,
    ...jobsFlag,
    mode: { type: 'string' },
    shard: { type: 'string' },
    detach: { type: 'boolean' },
    restart: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run(input) {
    const write = writeOptionsOf(input);
    const mode = modeOf(input, write.mode);
    captionOptionsOf(input);
    thresholdsOf(input);
    snapshotLimits(input);
    if (input.isSet('dry-run') && input.isSet('detach')) {
      throw new UsageError('--dry-run and --detach do not go together: a dry run is no job.');
    }
    const shard = shardFlag(input);
    const captioner = await captionerOf(input);
    if (captioner !== undefined) refuseTaggerFlags(input);
    const dataset = await openFolderOrImage(input);
    if (dataset.allImages.length + dataset.problems.length === 0) {
      throw new UsageError([`There are no images in ${dataset.folder}`, ...dataset.otherPictures].join('. '));
    }
    const again = await imagesToRetry(input, dataset);
    const images = dataset.allImages.filter(
      ({ path, caption }) => isInShard(caption.path, shard) && (again === undefined || again.has(path)),
    );
    const targets = await planCaptionJob(images, mode, write.mode);
    const wish = { mode, write, shard };
    return withTagger(
      (tagger) =>
        captioner === undefined
          ? caption(input, tagger, dataset, targets, wish)
          : describe(input, tagger, captioner, dataset, targets, wish),
      showDownload(input),
    );
  },
};

interface Wish {
  mode: CaptionScope;
  write: WriteOptions;
  shard: Shard | undefined;
}

async function caption(
  input: CommandInput,
  tagger: TaggerProcess,
  dataset: Dataset,
  targets: readonly JobTarget[],
  { mode, write, shard }: Wish,
): Promise<CommandOutcome> {
  const loaded = await loadTaggerOf(tagger, input, thresholdsOf(input));
  const { setup, name, environment } = loaded;
  const { hashes } = await tagger.request('hashModels', { setup }, input.signal);
  const job: NewTaggerJob = {
    label: labelOf(input, { mode, write, shard }),
    root: dataset.folder,
    captionExtension: dataset.options.captionExtension,
    mode,
    write,
    options: captionOptionsOf(input),
    tagger: { name, setup, environment, hashes },
    place: { kind: 'local' },
    ...snapshotLimits(input),
  };
  const problems = dataset.problems.filter(({ path }) => isInShard(path, shard));
  if (input.isSet('dry-run')) {
    const unfinished = await unfinishedOf(input, job);
    return dryRun(input, { tagger, loaded, dataset, targets, problems, job, unfinished });
  }
  const jobs = await jobsToRun(input, dataset, targets, job);
  if (input.isSet('detach')) return detach(input, jobs);
  const { execution } = loaded.setup;
  const report = new CaptionReport(dataset, problems, executionAsJson(loaded.description));
  return runHere(input, report, jobs, { tagger, execution });
}

/** Captions by a captioner, whose process of the tagger does nothing but prepare pictures. */
async function describe(
  input: CommandInput,
  tagger: TaggerProcess,
  profile: CaptionerProfile,
  dataset: Dataset,
  planned: readonly JobTarget[],
  wish: Wish,
): Promise<CommandOutcome> {
  const { mode, write, shard } = wish;
  const job: NewCaptionerJob = {
    label: labelOf(input, wish),
    root: dataset.folder,
    captionExtension: dataset.options.captionExtension,
    mode,
    write,
    captioner: await jobCaptioner(input, profile, planned, (work) => work(tagger)),
    place: { kind: 'local' },
    ...snapshotLimits(input),
  };
  const targets = await withoutMissing(input, dataset, planned, job, await unfinishedOf(input, job));
  const problems = dataset.problems.filter(({ path }) => isInShard(path, shard));
  const jobs = await jobsToRun(input, dataset, targets, job);
  if (input.isSet('detach')) return detach(input, jobs);
  const { name, model, endpoints } = profile;
  const report = new CaptionReport(
    dataset,
    problems,
    endpoints.map((endpoint) => ({ captioner: name, model, endpoint })),
  );
  return runHere(input, report, jobs, { tagger, endpoints, endpointKeys: keysOfEnvironment(endpoints) });
}

/** With the part, as an interrupted job is found again by its label, too. */
function labelOf(input: CommandInput, { mode, shard }: Wish): string {
  const part = shard === undefined ? '' : ` ${input.text('shard') ?? ''}`;
  return `${mode === 'all' ? 'Caption All' : 'Caption Empty'}${part}`;
}

/** The part that `--shard` names; undefined if it was not given. @throws UsageError */
function shardFlag(input: CommandInput): Shard | undefined {
  const text = input.text('shard');
  if (text === undefined) return undefined;
  const shard = parseShard(text);
  if (shard === undefined) {
    throw new UsageError(`--shard takes I/N with I from 0 to N - 1, such as 0/7, not "${text}".`);
  }
  return shard;
}

/**
 * The value of `--mode`. By default all images if captions are added to or updated, otherwise only empty captions.
 * @throws UsageError
 */
export function modeOf(input: CommandInput, writeMode: WriteMode): CaptionScope {
  const usual = writeMode === 'append' || writeMode === 'prepend' || writeMode === 'update' ? 'all' : 'empty';
  const mode = input.text('mode') ?? usual;
  if (mode !== 'all' && mode !== 'empty') throw new UsageError(`--mode must be "all" or "empty", not "${mode}".`);
  return mode;
}
