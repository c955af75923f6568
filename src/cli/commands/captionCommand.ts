import path from 'node:path';
import { planCaptionJob, type CaptionScope, type JobTarget } from '../../jobs/captionJob';
import type { Dataset } from '../../dataset/Dataset';
import type { WriteMode, WriteOptions } from '../../tags/writeMode';
import { JobError } from '../../jobs/JobError';
import { JobFolder, type NewJob } from '../../jobs/folder/JobFolder';
import { handledOf, readJobInfo } from '../../jobs/folder/jobInfo';
import { LocalJobRun } from '../../jobs/run/LocalJobRun';
import { jobImages, targetsBesides } from '../../jobs/folder/jobTargets';
import { isInShard, parseShard, type Shard } from '../../jobs/folder/shardOf';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { jobSecrets } from '../flags/serverFlags';
import { captionFlagHelp, captionFlags, captionOptionsOf, thresholdsOf, writeOptionsOf } from '../flags/captionFlags';
import { CaptionReport } from './CaptionReport';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { describeJob } from './describeJob';
import { dryRun } from '../dryRun/dryRun';
import { captionExtensionFlag, captionExtensionHelp, fileWriter, openFolderOrImage } from '../flags/inputFolder';
import { jobNotKept, jobsFlag, jobsFolderOf, jobsHelp, runnerClient } from '../flags/jobFlags';
import { snapshotFlag, snapshotHelp, snapshotLimits } from '../flags/snapshotFlag';
import { showDownload, withTagger } from './tagger';
import { loadTaggerOf, taggerFlagHelp, taggerFlags } from '../flags/taggerFlags';
import { unfinishedJob } from '../flags/unfinishedJob';
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
    ...captionFlagHelp,
    snapshotHelp,
    jobsHelp,
  ],
  flags: {
    ...captionExtensionFlag,
    ...taggerFlags,
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
    const dataset = await openFolderOrImage(input);
    if (dataset.allImages.length + dataset.problems.length === 0) {
      throw new UsageError([`There are no images in ${dataset.folder}`, ...dataset.otherPictures].join('. '));
    }
    const images = dataset.allImages.filter(({ caption: { path } }) => isInShard(path, shard));
    const targets = await planCaptionJob(images, mode, write.mode);
    return withTagger(
      (tagger) => caption(input, tagger, dataset, targets, { mode, write, shard }),
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
  const job: NewJob = {
    // With the part, as an interrupted job is found again by its label, too.
    label: `${mode === 'all' ? 'Caption All' : 'Caption Empty'}${shard === undefined ? '' : ` ${input.text('shard') ?? ''}`}`,
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
  return runHere(input, tagger, new CaptionReport(dataset, problems, loaded.description), jobs, loaded.setup);
}

/** The interrupted job, if there is one, and a new job for all images that are not in it. */
async function jobsToRun(
  input: CommandInput,
  dataset: Dataset,
  targets: readonly JobTarget[],
  job: NewJob,
): Promise<JobFolder[]> {
  const jobsFolder = jobsFolderOf(input);
  const { signal } = input;
  const unfinished = await unfinishedOf(input, job);
  try {
    const rest = targetsBesides(targets, dataset, await unfinished?.readImages());
    const jobs = unfinished === undefined ? [] : [unfinished];
    if (rest.length > 0) jobs.push(await JobFolder.create(jobsFolder, job, await jobImages(rest)));
    return jobs;
  } catch (thrown) {
    signal.throwIfAborted();
    throw jobNotKept(jobsFolder, thrown);
  }
}

/** The interrupted job that the command goes on with, if there is one. */
async function unfinishedOf(input: CommandInput, job: NewJob): Promise<JobFolder | undefined> {
  if (input.isSet('restart')) return undefined;
  const jobsFolder = jobsFolderOf(input);
  const { signal, output } = input;
  const onWait = (line: string): void => {
    output.note(line);
  };
  try {
    return await unfinishedJob(jobsFolder, job, { signal, onWait });
  } catch (thrown) {
    signal.throwIfAborted();
    throw jobNotKept(jobsFolder, thrown);
  }
}

async function runHere(
  input: CommandInput,
  tagger: TaggerProcess,
  report: CaptionReport,
  jobs: readonly JobFolder[],
  { execution }: TaggerSetup,
): Promise<CommandOutcome> {
  const { output, signal } = input;
  for (const folder of jobs) {
    const manifest = await folder.readManifest();
    const run: LocalJobRun = new LocalJobRun(folder, manifest, {
      tagger,
      writer: fileWriter(),
      execution,
      retryFailed: true,
      onChange: () => {
        // Why a job was paused is reported once, at the end.
        if (run.info.status === 'running') output.progress(describeJob(run.info));
      },
      onLog: (line) => {
        output.note(line);
      },
      onHandled: (image, failure) => {
        if (failure !== undefined) output.note(`${path.join(manifest.root, image)}: ${failure}`);
      },
    });
    const done = handledOf((await readJobInfo(folder)).counts);
    if (done > 0) output.note(`Going on with job ${folder.id}: ${done} of ${manifest.total} images were done.`);
    const stop = (): void => {
      run.stop('paused');
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await report.add(folder, await run.run());
    } catch (thrown) {
      // Another process has the job, or it was removed.
      if (thrown instanceof JobError) throw new UsageError(thrown.message);
      throw thrown;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (run.info.status !== 'completed') break;
  }
  await report.print(input);
  return report.outcome;
}

async function detach(input: CommandInput, jobs: readonly JobFolder[]): Promise<CommandOutcome> {
  const client = runnerClient(input);
  try {
    for (const { id } of jobs) await client.request('start', { id, retryFailed: true, secrets: jobSecrets() });
  } catch (thrown) {
    throw new UsageError(errorMessage(thrown));
  } finally {
    client.dispose();
  }
  const ids = jobs.map(({ id }) => id);
  if (input.json) await input.output.result(`${JSON.stringify({ jobs: ids })}\n`);
  else for (const id of ids) await input.output.result(`${id}\n`);
  if (ids.length === 0) input.output.note('Every image has a caption; nothing to do.');
  else input.output.note(`In the background now. "attach ${ids.at(-1) ?? ''}" shows how far it is.`);
  return 'done';
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
