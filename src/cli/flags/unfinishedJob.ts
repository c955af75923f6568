import { JobFolder, type NewJob } from '../../jobs/folder/JobFolder';
import { errorCode } from '../../protocol/channel/wireError';

/**
 * The last job that was to do the same and did not come to its end; undefined where there is none, or where another process
 * works on it. On what the models run may differ.
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
      // One that is being removed, or that another version made.
      if (errorCode(thrown)?.startsWith('JOB_') !== true) throw thrown;
    }
  }
  return undefined;
}

function identity({ label, root, captionExtension, mode, write, options, tagger, place }: NewJob): string {
  const models = tagger.setup.models.map(({ thresholds }) => thresholds);
  const { merge } = tagger.setup;
  return JSON.stringify([label, root, captionExtension, mode, write, options, models, merge, tagger.hashes, place]);
}
