import path from 'node:path';
import type { Caption } from '../../dataset/captions/Caption';
import { contentHash } from '../../dataset/captions/captionHash';
import { inSlices } from '../../base/inSlices';
import { jobChanges } from '../../jobs/folder/jobChanges';
import { JobFolder } from '../../jobs/folder/JobFolder';
import { JobMarks } from '../../jobs/run/JobMarks';
import { hasStopped, isEnded, isLive, type JobStep } from '../../jobs/jobSteps';
import type { JobImage } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import type { DatasetDocument } from '../document/DatasetDocument';

/** The jobs of one open dataset, whichever window started them: which captions they work on, wrote or failed at. */
export class DatasetJobs {
  private readonly marks = new JobMarks();
  /** caption files that jobs have written and the document has not read again yet */
  private readonly written = new Set<string>();
  private reconciling: Promise<void> | undefined;
  /** by job id, the indexes of the images that are already part of an undoable edit */
  private readonly recorded = new Map<string, Set<number>>();

  constructor(
    readonly document: DatasetDocument,
    private readonly jobsFolder: string,
    /** called when the marks of cards may have changed */
    private readonly changed: () => void,
    private readonly log: (line: string) => void,
  ) {}

  /** Whether a job is working on a caption or will. */
  stateOf({ path: caption }: Caption): 'queued' | 'captioning' | undefined {
    return this.marks.stateOf(caption);
  }

  /** Why the last job could not make this caption; undefined if it could, or somebody has written it since. */
  failureOf({ path: caption, text }: Caption): string | undefined {
    return this.marks.failureOf(caption, text);
  }

  /** Marks the images of a job that this window starts: they are known here before the runner reports the job. */
  async begin(id: string, images: readonly JobImage[]): Promise<void> {
    this.marks.open(id);
    await this.marks.fill(id, this.captionsOf(images));
    this.changed();
  }

  /** Handles a change of a job of this dataset; resolves when the document shows it and can undo it. */
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
      for (const { path: image, reason } of job.failures) this.fail(image, reason);
    }
    if (hasStopped(step) && isEnded(job)) await this.finish(id, job.label);
    this.changed();
  }

  /** Handles images of a job that now have an outcome. @param images relative to the dataset, with `/` */
  handled(id: string, images: readonly string[]): void {
    const captions = images.map((image) => this.captionOf(image));
    this.marks.handled(id, captions);
    for (const caption of captions) this.written.add(caption);
    void this.reconcileWritten();
  }

  /** Makes the document read the files that jobs have written; calls in the meantime share one run. */
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

  /** Reads from the folder of a job which images it has still to do, and marks them. */
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
      // Only the marks on the cards are missing; the job itself is not affected.
      this.log(`${id}: ${errorMessage(thrown)}`);
    }
  }

  /** Records all that a job wrote as one undoable edit. */
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
        if (outcome !== undefined && reason !== undefined) this.fail(image.path, reason);
      });
      await this.reconcileWritten();
      const recorded = this.recorded.get(id) ?? new Set<number>();
      this.recorded.set(id, recorded);
      const changes = await jobChanges(document.dataset, images, records, recorded);
      document.recordEdit(label, changes, undefined, 'job');
      void document.autoSave();
    } catch (thrown) {
      this.log(`${id}: ${errorMessage(thrown)}`);
    }
  }

  private fail(image: string, reason: string): void {
    const text = this.document.dataset.image(image)?.caption.text ?? '';
    this.marks.fail(this.captionOf(image), reason, text);
  }

  private folder(id: string): JobFolder {
    return new JobFolder(path.join(this.jobsFolder, id));
  }

  /** A generator, so that the paths of a large job are made in slices by the consumer and not all at once. */
  private *captionsOf(images: readonly JobImage[]): Generator<string> {
    for (const { path: image } of images) yield this.captionOf(image);
  }

  private captionOf(image: string): string {
    // Captions that are links to one file have the path of the first of them.
    const { dataset } = this.document;
    return dataset.image(image)?.caption.path ?? dataset.captionPathOf(image);
  }
}
