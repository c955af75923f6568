import path from 'node:path';
import type { Caption } from '../../dataset/captions/Caption';
import { contentHash } from '../../dataset/captions/captionHash';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { inSlices } from '../../base/inSlices';
import { jobChanges } from '../../jobs/folder/jobChanges';
import { JobFolder } from '../../jobs/folder/JobFolder';
import { JobMarks } from '../../jobs/run/JobMarks';
import { hasStopped, isEnded, isLive, type JobStep } from '../../jobs/jobSteps';
import type { JobImage } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import type { DatasetDocument } from '../document/DatasetDocument';

/** What jobs, of whichever window, do with the captions of a dataset that is open in this one. */
export class DatasetJobs {
  private readonly marks = new JobMarks();
  /** files that jobs have written since they were last looked at */
  private readonly written = new Set<string>();
  private reconciling: Promise<void> | undefined;
  /** by the id of a job, which images are part of an edit that can be undone */
  private readonly recorded = new Map<string, Set<number>>();

  constructor(
    readonly document: DatasetDocument,
    private readonly jobsFolder: string,
    /** called when a card may look different */
    private readonly changed: () => void,
    private readonly log: (line: string) => void,
  ) {}

  /** What a job does with a caption right now. */
  stateOf({ path: caption }: Caption): 'queued' | 'captioning' | undefined {
    return this.marks.stateOf(caption);
  }

  /** Why the last job could not make this caption. */
  failureOf({ path: caption }: Caption): string | undefined {
    return this.marks.failureOf(caption);
  }

  /** A job that this window starts: its images are known before the runner tells of it. */
  async begin(id: string, images: readonly JobImage[]): Promise<void> {
    this.marks.open(id);
    await this.marks.fill(id, this.captionsOf(images));
    this.changed();
  }

  /** A job of this dataset moved on; resolves when the document shows it and can undo it. */
  async onStep(step: JobStep): Promise<void> {
    const { job } = step;
    const { id } = job;
    if (isLive(job)) {
      if (!this.marks.has(id)) void this.load(id);
      this.marks.work(
        id,
        job.inWork.map((image) => this.captionOf(image)),
      );
    } else this.marks.close(id);
    if (this.marks.has(id) || hasStopped(step)) {
      for (const { path: image, reason } of job.failures) this.marks.fail(this.captionOf(image), reason);
    }
    if (hasStopped(step) && isEnded(job)) await this.finish(id, job.label);
    this.changed();
  }

  /** Images of a job have an outcome. */
  handled(id: string, images: readonly string[]): void {
    const captions = images.map((image) => this.captionOf(image));
    this.marks.handled(id, captions);
    for (const caption of captions) this.written.add(caption);
    void this.reconcileWritten();
  }

  /** Looks at all files that jobs have written and that were not looked at since. */
  private async reconcileWritten(): Promise<void> {
    await this.reconciling;
    this.reconciling ??= this.reconcileUntilNone().finally(() => {
      this.reconciling = undefined;
    });
    await this.reconciling;
  }

  private async reconcileUntilNone(): Promise<void> {
    while (this.written.size > 0) {
      const files = [...this.written];
      this.written.clear();
      await this.document.reconcile(files);
    }
  }

  /** Finds out what a job has still to do. */
  private async load(id: string): Promise<void> {
    this.marks.open(id);
    try {
      const folder = this.folder(id);
      const records = await folder.readJournal();
      const images = await folder.readImages();
      const left = images.filter((_image, index) => records.get(index)?.outcome === undefined);
      await this.marks.fill(id, this.captionsOf(left));
      this.changed();
    } catch (thrown) {
      // The cards lack a mark; the job goes on.
      this.log(`${id}: ${errorMessage(thrown)}`);
    }
  }

  /** Makes what a job wrote one edit to undo. */
  private async finish(id: string, label: string): Promise<void> {
    const { document } = this;
    try {
      const folder = this.folder(id);
      const images = await folder.readImages();
      const records = await folder.readJournal();
      await inSlices(records, ([index, { intent, outcome, reason }]) => {
        const image = images[index];
        if (image === undefined) return;
        const caption = this.captionOf(image.path);
        const known = document.dataset.image(image.path)?.caption.onDisk ?? null;
        if (intent !== undefined && contentHash(known) !== intent.written) this.written.add(caption);
        if (outcome !== undefined && reason !== undefined) this.marks.fail(caption, reason);
      });
      await this.reconcileWritten();
      const recorded = this.recorded.get(id) ?? new Set<number>();
      this.recorded.set(id, recorded);
      document.recordEdit(label, await jobChanges(document.dataset, images, records, recorded));
      void document.autoSave();
    } catch (thrown) {
      this.log(`${id}: ${errorMessage(thrown)}`);
    }
  }

  private folder(id: string): JobFolder {
    return new JobFolder(path.join(this.jobsFolder, id));
  }

  /** One by one: of a whole job they would be made at a stretch. */
  private *captionsOf(images: readonly JobImage[]): Generator<string> {
    for (const { path: image } of images) yield this.captionOf(image);
  }

  private captionOf(image: string): string {
    return captionPathOf(image, this.document.dataset.options.captionExtension);
  }
}
