import { JobFolder, type NewJob } from '../../jobs/folder/JobFolder';
import { errorCode } from '../../protocol/channel/wireError';

/**
 * The latest unfinished job with the same work, which can be resumed instead of making a new one. Execution options may
 * differ. Undefined if there is none, or if another process runs it.
 * @throws JobError JOB_UNREADABLE, errors of the file system
 */
export async function unfinishedJob(jobsFolder: string, job: NewJob): Promise<JobFolder | undefined> {
  const wanted = identity(job);
  for (const folder of (await JobFolder.list(jobsFolder)).reverse()) {
    try {
      const { status, reverted } = await folder.readState();
      if (status === 'completed' || status === 'cancelled' || reverted !== undefined) continue;
      if (identity(await folder.readManifest()) !== wanted || (await folder.isLocked())) continue;
      return folder;
    } catch (thrown) {
      // A job that is being removed, or that another version made.
      if (errorCode(thrown)?.startsWith('JOB_') !== true) throw thrown;
    }
  }
  return undefined;
}

/** Equal for jobs that do the same work. */
function identity({ label, root, captionExtension, mode, write, options, tagger, place }: NewJob): string {
  const models = tagger.setup.models.map(({ thresholds }) => thresholds);
  const { merge } = tagger.setup;
  return JSON.stringify([label, root, captionExtension, mode, write, options, models, merge, tagger.hashes, place]);
}
