import { inSlices } from '../../base/inSlices';

/** The captions of a dataset that a live job still has to make. */
interface JobMark {
  waiting: Set<string>;
  inWork: ReadonlySet<string>;
  /** captions that were handled before {@link JobMarks.fill}; undefined after it */
  handledEarly: Set<string> | undefined;
}

/**
 * The marks that jobs give the captions of one dataset: queued, in flight, failed. Captions are named by the paths of
 * their files, relative to the dataset.
 */
export class JobMarks {
  private readonly jobs = new Map<string, JobMark>();
  private readonly failures = new Map<string, { reason: string; text: string }>();

  /** Whether {@link open} was called for a job, and {@link close} not since. */
  has(id: string): boolean {
    return this.jobs.has(id);
  }

  /** Begins a job. Its captions follow with {@link fill}. */
  open(id: string): void {
    this.jobs.set(id, { waiting: new Set(), inWork: new Set(), handledEarly: new Set() });
  }

  /** Sets the captions that an open job still has to make. Clears older failures of these captions. */
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

  /** Replaces the set of captions that a job has in flight. */
  work(id: string, captions: Iterable<string>): void {
    const job = this.jobs.get(id);
    if (job !== undefined) job.inWork = new Set(captions);
  }

  /** Removes the marks of captions that got an outcome. */
  handled(id: string, captions: Iterable<string>): void {
    const job = this.jobs.get(id);
    if (job === undefined) return;
    for (const caption of captions) {
      job.waiting.delete(caption);
      job.handledEarly?.add(caption);
    }
  }

  /** Marks a caption as failed. @param text what it holds; it stays the text of then when the same is said again */
  fail(caption: string, reason: string, text: string): void {
    if (this.failures.get(caption)?.reason !== reason) this.failures.set(caption, { reason, text });
  }

  /** Removes the marks of a job that ended or was paused. Failures stay. */
  close(id: string): void {
    this.jobs.delete(id);
  }

  /** The mark of a caption; undefined if no job has it. */
  stateOf(caption: string): 'queued' | 'captioning' | undefined {
    let waits = false;
    for (const { waiting, inWork } of this.jobs.values()) {
      if (!waiting.has(caption)) continue;
      if (inWork.has(caption)) return 'captioning';
      waits = true;
    }
    return waits ? 'queued' : undefined;
  }

  /**
   * Why the caption failed in the last job that had it; undefined also once somebody has written another one.
   * @param text what it holds now
   */
  failureOf(caption: string, text: string): string | undefined {
    const failure = this.failures.get(caption);
    return failure === undefined || (text !== failure.text && text.trim() !== '') ? undefined : failure.reason;
  }
}
