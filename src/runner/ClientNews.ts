import type { JobInfo } from '../jobs/jobTypes';
import type { RunnerEvents } from '../jobs/client/runnerProtocol';

/** Number of paths of handled images that may wait for a client, about 16 MB of text. */
const maxPaths = 200_000;

/**
 * Events that wait for one client (back-pressure): only the newest state of each job, and the images that were
 * handled.
 */
export class ClientNews {
  private readonly jobs = new Map<string, JobInfo>();
  private readonly handled = new Map<string, RunnerEvents['handled']>();
  private paths = 0;

  /** Whether more waits than a client can have that reads at all. */
  get isTooMuch(): boolean {
    return this.paths > maxPaths;
  }

  /** Replaces what waits of these jobs. */
  addJobs(jobs: Iterable<JobInfo>): void {
    for (const job of jobs) this.jobs.set(job.id, job);
  }

  /** Adds to what waits of these jobs. */
  addHandled(all: Iterable<RunnerEvents['handled']>): void {
    for (const { id, root, paths } of all) {
      const waiting = this.handled.get(id) ?? { id, root, paths: [] };
      this.handled.set(id, waiting);
      for (const path of paths) waiting.paths.push(path);
      this.paths += paths.length;
    }
  }

  /** A job was deleted: its state is not sent any more, but its handled images are. */
  forget(id: string): void {
    this.jobs.delete(id);
  }

  /** Hands out everything that waits. */
  take(): { jobs: JobInfo[]; handled: RunnerEvents['handled'][] } {
    const news = { jobs: [...this.jobs.values()], handled: [...this.handled.values()] };
    this.jobs.clear();
    this.handled.clear();
    this.paths = 0;
    return news;
  }
}
