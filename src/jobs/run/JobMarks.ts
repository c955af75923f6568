import { inSlices } from '../../base/inSlices';

/** What a live job does with the captions of a dataset. */
interface JobMark {
  waiting: Set<string>;
  inWork: ReadonlySet<string>;
  /** what was handled before it was known what the job is to do */
  handledEarly: Set<string> | undefined;
}

/**
 * What jobs do with the captions of one dataset: which wait, which are in work, and which could not be captioned. Captions
 * are named by the paths of their files, relative to the dataset.
 */
export class JobMarks {
  private readonly jobs = new Map<string, JobMark>();
  private readonly failures = new Map<string, string>();

  /** Whether a job is one that {@link open} was called for, and {@link close} not since. */
  has(id: string): boolean {
    return this.jobs.has(id);
  }

  /** A job began; what it is to do is told by {@link fill}. */
  open(id: string): void {
    this.jobs.set(id, { waiting: new Set(), inWork: new Set(), handledEarly: new Set() });
  }

  /** What an open job has still to do. Older failures of these captions are forgotten. */
  async fill(id: string, captions: Iterable<string>): Promise<void> {
    const job = this.jobs.get(id);
    if (job === undefined) return;
    await inSlices(captions, (caption) => {
      if (job.handledEarly?.has(caption) === true) return;
      job.waiting.add(caption);
      this.failures.delete(caption);
    });
    job.handledEarly = undefined;
  }

  /** The captions that a job has in work now. */
  work(id: string, captions: Iterable<string>): void {
    const job = this.jobs.get(id);
    if (job !== undefined) job.inWork = new Set(captions);
  }

  /** These captions are done. */
  handled(id: string, captions: Iterable<string>): void {
    const job = this.jobs.get(id);
    if (job === undefined) return;
    for (const caption of captions) {
      job.waiting.delete(caption);
      job.handledEarly?.add(caption);
    }
  }

  /** A caption could not be made. */
  fail(caption: string, reason: string): void {
    this.failures.set(caption, reason);
  }

  /** A job ended or stands still: nothing waits for it. */
  close(id: string): void {
    this.jobs.delete(id);
  }

  /** What a job does with a caption right now. */
  stateOf(caption: string): 'queued' | 'captioning' | undefined {
    let waits = false;
    for (const { waiting, inWork } of this.jobs.values()) {
      if (!waiting.has(caption)) continue;
      if (inWork.has(caption)) return 'captioning';
      waits = true;
    }
    return waits ? 'queued' : undefined;
  }

  /** Why the last job could not make this caption. */
  failureOf(caption: string): string | undefined {
    return this.failures.get(caption);
  }
}
