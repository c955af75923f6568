import { performance } from 'node:perf_hooks';
import type { FileWrite, FileWriter } from '../../dataset/files/FileWriter';
import { taggerCrashed } from '../../protocol/child/TaggerProcess';
import { errorCode } from '../../protocol/channel/wireError';
import { captionerFault } from '../../captioner/endpoint/CaptionerError';
import { taggerFault } from '../../protocol/tagging/taggerFault';
import { runCaptionJob, type FlaggedAnswer, type JobOptions, type JobResult, type JobTarget } from '../captionJob';
import type { ImageOutcome } from '../imageOutcomes';
import type { JobJournal } from '../folder/JobJournal';
import { readJobWork } from '../folder/jobTargets';
import type { ImageRecord, JournalLine } from '../folder/journalEntries';
import type { JobImage, JobManifest } from '../jobTypes';
import { CaptionRecords } from './CaptionRecords';
import type { CaptionTexts } from './CaptionTexts';
import { JournaledWriter } from './JournaledWriter';

/** The tagger or captioner of a run, ready to caption. */
export interface RunTagger extends Pick<JobOptions, 'makeTags'> {
  /** maximum number of images in flight */
  imagesInWork: number;
}

/** An image that got its outcome. */
export interface ImageEnd {
  /** relative to the dataset */
  image: string;
  outcome: ImageOutcome;
  /** why it failed, was kept or flagged */
  reason: string | undefined;
  /** the images that are still in flight, relative to the dataset */
  inWork: Iterable<string>;
}

export interface CaptionWork {
  manifest: JobManifest;
  /** all images of the job, or those of one shard */
  images: readonly JobImage[];
  /** the index in the job of the first of `images`, as the journal counts; 0 for a whole job */
  firstIndex: number;
  /** what is known of `images`, by their positions in that list */
  records: ReadonlyMap<number, ImageRecord>;
  journal: Pick<JobJournal, 'append'>;
  /**
   * Flush every write intent to the disk, even that of a caption without a file: if this machine vanishes, another one
   * must see it. Otherwise only intents that replace a file are flushed.
   */
  flushIntents: boolean;
  /** writes the caption files */
  writer: FileWriter;
  /** called before each write; throws if the job is not this run's any more, after it aborted the signal */
  beforeWrite: () => Promise<void>;
  /** read only the captions of `images`, however many there are, and never scan the whole folder */
  listedOnly: boolean;
  signal: AbortSignal;
  /** called with a sentence if the records of the dataset are new, or could not be written or read; the work goes on */
  onRecordNote: (note: string, isProblem: boolean) => void;
  /**
   * Makes the tagger or captioner ready; called once, after the captions were read.
   * @param first the first image to caption; undefined if none is left
   * @param texts of the captions, which say what a captioner is asked about an image
   */
  prepareTagger: (first: JobTarget | undefined, texts: CaptionTexts) => RunTagger | Promise<RunTagger>;
  /** called with each image that got its outcome, after that was passed to the journal */
  onOutcome: (end: ImageEnd) => void;
}

/**
 * Captions the images that have no outcome yet, and keeps the journal: the write intent of a caption is there before
 * its file is touched (see {@link JournaledWriter}), the outcome of the image follows.
 * @returns how it ended; a tagger or disk that fails while images are captioned is an `error` in the result
 * @throws CaptionError FOLDER_MISSING; whatever `prepareTagger` throws; the signal's reason
 */
export async function captionWork(work: CaptionWork): Promise<JobResult> {
  const { manifest, images, firstIndex, records, journal, signal } = work;
  /** the positions of the images to whose captions files belong, by the absolute paths of these files */
  const captions = new Map<string, number>();
  const intents: Pick<JobJournal, 'append'> = work.flushIntents
    ? { append: (line) => journal.append(line, true) }
    : journal;
  const indexOf = (file: string): number | undefined => {
    const position = captions.get(file);
    return position === undefined ? undefined : firstIndex + position;
  };
  const captionRecords = new CaptionRecords(manifest, work.onRecordNote);
  const record = (write: FileWrite): Promise<() => void> => captionRecords.record(write);
  const writer = new JournaledWriter(work.writer, intents, indexOf, work.beforeWrite, record);
  const { dataset, targets, settled } = await readJobWork(manifest, images, records, writer, signal, work.listedOnly);
  await captionRecords.read(
    targets.map(({ caption }) => caption),
    signal,
  );
  const positions = new Map(images.map(({ path: image }, position) => [image, position]));
  // Two captions may be links to one file, so a path may belong to another image, too.
  for (const { path: image, caption } of targets) {
    captions.set(dataset.absolute(caption.path), positions.get(image) ?? -1);
  }
  /** when each image in flight was begun */
  const startedAt = new Map<string, number>();

  const recordOutcome = (
    image: string,
    position: number,
    outcome: ImageOutcome,
    reason: string | undefined,
    answer?: FlaggedAnswer,
  ): void => {
    const begun = startedAt.get(image);
    startedAt.delete(image);
    const milliseconds = begun === undefined ? 0 : Math.round(performance.now() - begun);
    const index = firstIndex + position;
    // A failure here can be ignored: the journal then also fails the next write of a caption, which ends the run.
    journal.append(outcomeLine(index, outcome, milliseconds, reason, answer)).catch(() => undefined);
    work.onOutcome({ image, outcome, reason, inWork: startedAt.keys() });
  };

  for (const { index: position, outcome, reason } of settled) {
    recordOutcome(images[position]?.path ?? '', position, outcome, reason);
  }
  const { makeTags, imagesInWork } = await work.prepareTagger(targets[0], captionRecords.texts);
  const job = runCaptionJob(dataset, targets, {
    makeTags,
    makeText: (caption, existing, found, write) => captionRecords.textOf(caption, existing, found, write),
    isCrash: (thrown) => errorCode(thrown) === taggerCrashed,
    faultOf: (thrown) => captionerFault(thrown) ?? taggerFault(thrown),
    mode: manifest.mode,
    write: manifest.write,
    concurrency: imagesInWork,
    signal,
    onStart: ({ path: image }) => {
      startedAt.set(image, performance.now());
    },
    onOutcome: ({ path: image, caption }, outcome, reason, answer) => {
      const isTheirs = outcome === 'written' && writer.wasThere(dataset.absolute(caption.path));
      if (outcome === 'same' || outcome === 'untagged' || outcome === 'flagged') captionRecords.seen(caption);
      recordOutcome(image, positions.get(image) ?? -1, isTheirs ? 'same' : outcome, reason, answer);
    },
  });
  return job.finally(() => captionRecords.close());
}

function outcomeLine(
  index: number,
  outcome: ImageOutcome,
  milliseconds: number,
  reason: string | undefined,
  answer: FlaggedAnswer | undefined,
): JournalLine {
  if (answer !== undefined) return ['o', index, 'flagged', milliseconds, reason ?? '', answer.flagged, answer.text];
  return reason === undefined ? ['o', index, outcome, milliseconds] : ['o', index, outcome, milliseconds, reason];
}
