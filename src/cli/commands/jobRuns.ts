import path from 'node:path';
import type { Dataset } from '../../dataset/Dataset';
import type { JobTarget } from '../../jobs/captionJob';
import { JobError } from '../../jobs/JobError';
import { JobFolder, type NewJob } from '../../jobs/folder/JobFolder';
import { handledOf, readJobInfo } from '../../jobs/folder/jobInfo';
import { jobImages, targetsBesides } from '../../jobs/folder/jobTargets';
import { LocalJobRun, type LocalJobRunOptions } from '../../jobs/run/LocalJobRun';
import { errorMessage } from '../../protocol/channel/wireError';
import { fileWriter } from '../flags/inputFolder';
import { jobNotKept, jobsFolderOf, runnerClient } from '../flags/jobFlags';
import { jobSecrets } from '../flags/serverFlags';
import { unfinishedJob } from '../flags/unfinishedJob';
import type { CommandInput, CommandOutcome } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import type { CaptionReport } from './CaptionReport';
import { describeJob } from './describeJob';

/**
 * The interrupted job, if there is one, and a new job for all images that are not in it.
 * @throws UsageError if jobs cannot be kept; the signal's reason
 */
export async function jobsToRun(
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

/** The interrupted job that the command goes on with, if there is one. @throws as {@link jobsToRun} */
export async function unfinishedOf(input: CommandInput, job: NewJob): Promise<JobFolder | undefined> {
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

/** Runs jobs in this process, one after the other, until one does not complete, and prints the report. */
export async function runHere(
  input: CommandInput,
  report: CaptionReport,
  jobs: readonly JobFolder[],
  how: Pick<LocalJobRunOptions, 'tagger' | 'execution' | 'endpointKeys' | 'endpoints'>,
): Promise<CommandOutcome> {
  const { output, signal } = input;
  for (const folder of jobs) {
    const manifest = await folder.readManifest();
    const run: LocalJobRun = new LocalJobRun(folder, manifest, {
      ...how,
      writer: fileWriter(),
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

/** Hands jobs to the process that runs them in the background, and prints their names. @throws UsageError */
export async function detach(input: CommandInput, jobs: readonly JobFolder[]): Promise<CommandOutcome> {
  const client = runnerClient(input);
  try {
    for (const folder of jobs) {
      const secrets = jobSecrets(await folder.readManifest());
      await client.request('start', { id: folder.id, retryFailed: true, secrets });
    }
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
