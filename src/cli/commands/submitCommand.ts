import path from 'node:path';
import { ClusterJobRun } from '../../cluster/ClusterJobRun';
import { planCaptionJob } from '../../jobs/captionJob';
import { clusterCaptionerJob, clusterJob, sharedJobsFolder, shardSizes } from '../../jobs/folder/clusterJob';
import { JobFolder, type NewJob } from '../../jobs/folder/JobFolder';
import { jobImages, targetsBesides } from '../../jobs/folder/jobTargets';
import type { JobInfo } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import { captionerOf, captionersFlag, captionersHelp, refuseTaggerFlags } from '../captioners/captionerFlags';
import { jobCaptioner, tagListFlag, tagListHelp } from '../captioners/tagLists';
import { withoutMissing } from '../captioners/missingWords';
import { modeOf } from './captionCommand';
import { captionFlagHelp, captionFlags, captionOptionsOf, thresholdsOf, writeOptionsOf } from '../flags/captionFlags';
import { clusterFlags, clusterHelp, queueOf, sharedFolder } from '../flags/clusterFlags';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { describeJob } from './describeJob';
import { count } from '../flags/flagValues';
import { jobNotKept } from '../flags/jobFlags';
import { captionExtensionFlag, captionExtensionHelp, openFolder } from '../flags/inputFolder';
import { snapshotFlag, snapshotHelp, snapshotLimits } from '../flags/snapshotFlag';
import { showDownload, withTagger } from './tagger';
import { loadTaggerOf, providerFlag, taggerFlagHelp, taggerFlags } from '../flags/taggerFlags';
import { unfinishedJob } from '../flags/unfinishedJob';
import { UsageError } from '../shared/UsageError';

/** Submits a folder to the workers of a cluster. */
export const submitCommand: Command = {
  usage: '<folder> --redis URL',
  summary: 'caption a folder on many machines; the same command goes on with what was interrupted',
  flagHelp: [
    ...clusterHelp,
    '--root DIR               the folder that all machines share, as this one has it (default: the folder itself);',
    '                         each worker says with its own --root where it has that',
    '--jobs DIR               where the job is kept, below --root (default: .dataset-captions/jobs in the folder)',
    `--shard-size N           images that a worker takes at a time, up to ${shardSizes.largest} (default ${shardSizes.usual})`,
    '--wait                   shows how far it is until it ends; Ctrl+C leaves the workers at it',
    '--mode all|empty         as for "caption", like all that follows; what models run on is what workers may choose',
    captionExtensionHelp,
    ...taggerFlagHelp,
    '--captioner NAME         captions in sentences: each worker uses its own captioner of that name and its own keys',
    captionersHelp,
    ...tagListHelp,
    '--skip-missing           leaves out the images for which a placeholder of the prompt has nothing',
    ...captionFlagHelp,
    snapshotHelp,
  ],
  flags: {
    ...clusterFlags,
    ...captionExtensionFlag,
    ...taggerFlags,
    captioner: { type: 'string' },
    ...captionersFlag,
    'skip-missing': { type: 'boolean' },
    ...tagListFlag,
    ...captionFlags,
    ...snapshotFlag,
    jobs: { type: 'string' },
    'shard-size': { type: 'string' },
    wait: { type: 'boolean' },
    mode: { type: 'string' },
  },
  async run(input) {
    const { redisUrl } = queueOf(input);
    const jobs = await makeJobs(input);
    if (jobs.length === 0) input.output.note('Every image has a caption; nothing to do.');
    const infos: JobInfo[] = [];
    for (const folder of jobs) infos.push(await submit(input, folder, redisUrl));
    if (input.json) await input.output.result(`${JSON.stringify({ jobs: infos })}\n`);
    else for (const { id } of infos) await input.output.result(`${id}\n`);
    return outcomeOf(infos);
  },
};

async function makeJobs(input: CommandInput): Promise<JobFolder[]> {
  const { queue } = queueOf(input);
  const write = writeOptionsOf(input);
  const mode = modeOf(input, write.mode);
  const options = captionOptionsOf(input);
  const thresholds = thresholdsOf(input);
  const shardSize = shardSizeOf(input);
  const dataset = await openFolder(input);
  if (dataset.allImages.length === 0) throw new UsageError(`There are no images in ${dataset.folder}`);
  for (const { path: file, reason } of dataset.problems) input.output.note(`${dataset.absolute(file)}: ${reason}`);
  const jobsFolder = path.resolve(input.text('jobs') ?? sharedJobsFolder(dataset.folder));
  const captioner = await captionerOf(input);
  if (captioner !== undefined) refuseTaggerFlags(input);
  const cluster = { queue, mount: sharedFolder(input) ?? dataset.folder, shardSize, jobsFolder };
  const base = {
    label: mode === 'all' ? 'Caption All' : 'Caption Empty',
    root: dataset.folder,
    captionExtension: dataset.options.captionExtension,
    mode,
    write,
    ...snapshotLimits(input),
  };
  const all = await planCaptionJob(dataset.allImages, mode, write.mode);
  const by =
    captioner === undefined
      ? await taggerOf(input, thresholds)
      : { captioner: await jobCaptioner(input, captioner, all, withTagger) };
  try {
    const job: NewJob =
      'captioner' in by
        ? await clusterCaptionerJob({ ...base, ...by }, cluster)
        : await clusterJob({ ...base, options, tagger: by.tagger }, { ...cluster, modelNames: by.names });
    const { signal, output } = input;
    const onWait = (line: string): void => {
      output.note(line);
    };
    const unfinished = await unfinishedJob(jobsFolder, job, { signal, onWait });
    const planned = 'captioner' in job ? await withoutMissing(input, dataset, all, job, unfinished) : all;
    const targets = targetsBesides(planned, dataset, await unfinished?.readImages());
    const jobs = unfinished === undefined ? [] : [unfinished];
    if (targets.length > 0) jobs.push(await JobFolder.create(jobsFolder, job, await jobImages(targets)));
    return jobs;
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw jobNotKept(jobsFolder, thrown);
  }
}

/**
 * Loads the tagger on this machine, too, so that a bad model is a single error and not one on each worker. The provider
 * of the flags is for the workers: here the CPU is enough.
 */
async function taggerOf(
  input: CommandInput,
  thresholds: ReturnType<typeof thresholdsOf>,
): Promise<{ tagger: Parameters<typeof clusterJob>[0]['tagger']; names: string[] }> {
  const provider = input.text('provider');
  const here: CommandInput =
    provider === undefined || provider === 'server'
      ? input
      : { ...input, text: (flag) => (flag === 'provider' ? 'cpu' : input.text(flag)) };
  return withTagger(async (tagger) => {
    const { setup, name } = await loadTaggerOf(tagger, here, thresholds);
    const { hashes } = await tagger.request('hashModels', { setup }, input.signal);
    const given = [...new Set(input.texts('model'))];
    const names = given.length === 0 ? ['palette'] : given.map((one) => path.basename(one).replace(/\.onnx$/, ''));
    const execution = { ...setup.execution, ...(provider === undefined ? {} : { provider: providerFlag(input) }) };
    return { tagger: { name, setup: { ...setup, execution }, environment: {}, hashes }, names };
  }, showDownload(input));
}

async function submit(input: CommandInput, folder: JobFolder, redisUrl: string): Promise<JobInfo> {
  const { output, signal } = input;
  const manifest = await folder.readManifest();
  const run: ClusterJobRun = new ClusterJobRun(folder, manifest, {
    redisUrl,
    once: !input.isSet('wait'),
    onChange: () => {
      output.progress(describeJob(run.info));
    },
    onHandled: (image, failure) => {
      if (failure !== undefined) output.note(`${path.join(manifest.root, image)}: ${failure}`);
    },
  });
  const stop = (): void => {
    run.stop('running');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { info } = await run.run();
    output.clearLine();
    output.note(`${info.label}: ${describeJob(info)}`);
    for (const { runsOn, notUsed } of info.execution) for (const why of notUsed) output.note(`${runsOn}: ${why}`);
    if (info.status === 'running') output.note('The workers go on with it; "status" shows how far it is.');
    return info;
  } catch (thrown) {
    throw new UsageError(errorMessage(thrown));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function outcomeOf(infos: readonly JobInfo[]): CommandOutcome {
  if (infos.some(({ fault }) => fault?.code === 'CLUSTER_UNREACHABLE')) return 'nothingDone';
  const isBad = ({ status, counts }: JobInfo): boolean => status === 'paused' || counts.failed + counts.flagged > 0;
  return infos.some(isBad) ? 'someFailed' : 'done';
}

function shardSizeOf(input: CommandInput): number {
  const { smallest, usual, largest } = shardSizes;
  const size = count(input, 'shard-size', usual);
  if (size < smallest || size > largest) {
    throw new UsageError(`--shard-size must be a whole number from ${smallest} to ${largest}, not "${size}".`);
  }
  return size;
}
