import type { FlagReason } from '../../protocol/captioning/captionerProfile';
import type { JobFolder } from './JobFolder';
import { PreviousContents } from './PreviousContents';

/** An answer of a captioner that was not written, but is there for a person to look at. */
export interface FlaggedInJob {
  /** position of the image in the job's list */
  index: number;
  /** of the image, relative to the dataset */
  path: string;
  flag: FlagReason;
  /** the flag in words */
  reason: string;
  /** the raw answer of the model */
  text: string;
}

/**
 * The flagged answers of a job, in the order of its images, also of one that still runs. If an image was asked about
 * again, its earlier answer is not included.
 * @throws JobError JOB_MISSING, JOB_UNREADABLE; errors of the file system
 */
export async function flaggedAnswers(folder: JobFolder): Promise<FlaggedInJob[]> {
  const images = await folder.readImages();
  const records = await folder.readJournal();
  const found: FlaggedInJob[] = [];
  await PreviousContents.use(async (contents) => {
    for (const [index, { flagged, outcome, reason = '' }] of records) {
      const image = images[index];
      if (image === undefined || outcome !== 'flagged' || flagged === undefined) continue;
      const text = await contents.readAnswer(flagged.answer);
      found.push({ index, path: image.path, flag: flagged.by, reason, text });
    }
  });
  return found.sort((a, b) => a.index - b.index);
}
