import path from 'node:path';
import { JobFolder } from '../../jobs/folder/JobFolder';
import { countWaiting } from '../../jobs/folder/reviewedAnswers';
import { isLive } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';

/** How many flagged answers of jobs wait for a person, as far as that has been read. */
export class ReviewCounts {
  private readonly counts = new Map<string, number>();
  /** ids of the jobs whose folders are being read, or that are to be read again after that */
  private readonly reading = new Map<string, { again: boolean }>();

  /** @param changed called when the number of a job is another one */
  constructor(
    private readonly jobsFolder: string,
    private readonly changed: (job: string) => void,
    private readonly log: (line: string) => void,
  ) {}

  /** A job with the number of its answers that wait. */
  added<Job extends JobInfo>(job: Job): Job {
    const waiting = this.counts.get(job.id);
    return waiting === undefined || job.counts.flagged === 0 ? job : { ...job, waiting };
  }

  /** Reads the numbers of jobs that have ended or stopped and are not known yet. */
  meet(jobs: Iterable<JobInfo>): void {
    for (const job of jobs) {
      if (job.counts.flagged > 0 && !isLive(job) && !this.counts.has(job.id)) void this.read(job.id);
    }
  }

  /** Reads the number of a job again. Does not throw. */
  async read(id: string): Promise<void> {
    const under = this.reading.get(id);
    if (under !== undefined) {
      under.again = true;
      return;
    }
    const state = { again: true };
    this.reading.set(id, state);
    while (state.again) {
      state.again = false;
      await this.readOnce(id);
    }
    this.reading.delete(id);
  }

  /** The job is gone, or is being asked again. */
  forget(id: string): void {
    this.counts.delete(id);
  }

  private async readOnce(id: string): Promise<void> {
    const before = this.counts.get(id);
    try {
      this.counts.set(id, await countWaiting(new JobFolder(path.join(this.jobsFolder, id))));
    } catch (thrown) {
      // Then all flagged ones count.
      this.log(`${id}: ${errorMessage(thrown)}`);
    }
    if (this.counts.get(id) !== before) this.changed(id);
  }
}
