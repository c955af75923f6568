import path from 'node:path';
import type { CaptionChange } from '../../../../src/dataset/captions/Caption';
import { Dataset } from '../../../../src/dataset/Dataset';
import { applyEdits, replayEdits } from '../../../../src/dataset/edits/bulkEdits';
import { type EditAuthor, InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import { CaptionReview, type ReviewedDocument } from '../../../../src/extension/captionDialogs/CaptionReview';
import type { EditOrigin } from '../../../../src/extension/document/EditStack';
import { SingleQuestions } from '../../../../src/extension/captionDialogs/SingleQuestions';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { LocalJobRun } from '../../../../src/jobs/run/LocalJobRun';
import type { CaptionerProfile } from '../../../../src/protocol/captioning/captionerProfile';
import { EditRecords } from '../../../../src/records/edits/EditRecords';
import { RecordedWriter } from '../../../../src/records/edits/RecordedWriter';
import { preparesPictures } from '../../jobs/captionerJobs';

/** A dataset as a window has it open: edits are recorded, and can be taken back. */
export class OpenFolder implements ReviewedDocument {
  /** who made the edits */
  readonly authors: EditAuthor[] = [];
  private readonly done: {
    changes: CaptionChange[];
    onReplay?: (direction: 'undo' | 'redo') => void;
    origin?: EditOrigin;
  }[] = [];

  private constructor(
    readonly dataset: Dataset,
    private readonly records: EditRecords,
  ) {}

  static async open(root: string): Promise<OpenFolder> {
    const records = new EditRecords(root, { onFirst: () => undefined, onProblem: () => undefined });
    records.at = 'dataset';
    const writer = new RecordedWriter(new InPlaceWriter(), records);
    const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' }, writer);
    await dataset.load();
    return new OpenFolder(dataset, records);
  }

  commit(): void {
    // Nothing is typed here.
  }

  async applyEdits(
    ...[, edits, by, onReplay, origin]: Parameters<ReviewedDocument['applyEdits']>
  ): ReturnType<ReviewedDocument['applyEdits']> {
    const { changes, leftOut } = await applyEdits(this.dataset, edits, by);
    this.authors.push(by);
    this.done.push({ changes, ...(onReplay === undefined ? {} : { onReplay }), ...(origin && { origin }) });
    return { changed: changes.length, leftOut };
  }

  async undoIfLast(origin: EditOrigin): Promise<boolean> {
    if (this.done.at(-1)?.origin !== origin) return false;
    await this.replay('undo');
    this.done.pop();
    return true;
  }

  /** Takes the last edit back, or makes it again. */
  async replay(direction: 'undo' | 'redo'): Promise<void> {
    const last = this.done.at(-1);
    last?.onReplay?.(direction);
    await replayEdits(this.dataset, last?.changes ?? [], direction);
  }

  /** The caption of an image as it is in the window. */
  textOf(image: string): string | undefined {
    return this.dataset.image(image)?.caption.text;
  }

  async close(): Promise<void> {
    await this.dataset.save();
    await this.records.close();
  }
}

/** Runs a job by a captioner to its end. */
export async function runJob(
  job: JobFolder,
  more: { retryFlagged?: boolean; endpoints?: string[] } = {},
): Promise<void> {
  const tagger = await preparesPictures();
  const options = { tagger, writer: new InPlaceWriter(), onChange: () => undefined, ...more };
  await new LocalJobRun(job, await job.readManifest(), options).run();
}

/** What asks captioners as the window does; pictures are made up. */
export async function questions(): Promise<SingleQuestions> {
  const pictures = await preparesPictures();
  return new SingleQuestions({ pictures, keysOf: () => Promise.resolve({}), onLog: () => undefined });
}

/** The review of a job's flagged answers in an open dataset. */
export async function reviewOf(
  job: JobFolder,
  document: OpenFolder,
  captioners: readonly CaptionerProfile[] = [],
): Promise<CaptionReview> {
  const manifest = await job.readManifest();
  if (!('captioner' in manifest)) throw new Error(`${path.basename(job.path)} is no job of a captioner`);
  return CaptionReview.open({
    document,
    folder: job,
    manifest,
    captioners: () => captioners,
    questions: await questions(),
    onDecided: () => undefined,
    onNote: () => undefined,
  });
}
