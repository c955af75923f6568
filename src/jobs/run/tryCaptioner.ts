import { captionerFault } from '../../captioner/endpoint/CaptionerError';
import type { Dataset } from '../../dataset/Dataset';
import { taggerCrashed, type TaggerProcess } from '../../protocol/child/TaggerProcess';
import { errorCode } from '../../protocol/channel/wireError';
import { taggerFault } from '../../protocol/tagging/taggerFault';
import { runCaptionJob, type JobOptions, type JobResult, type JobTarget } from '../captionJob';
import type { JobCaptioner, JobManifest } from '../jobTypes';
import { CaptionTexts } from './CaptionTexts';
import { openCaptioner } from './openCaptioner';

/** A captioner that is tried on some images. */
export interface CaptionerTrial
  extends Pick<JobManifest, 'mode' | 'write'>, Pick<JobOptions, 'onOutcome' | 'onProgress' | 'signal'> {
  captioner: JobCaptioner;
  /** by the origins of its servers */
  endpointKeys: Readonly<Record<string, string>>;
  /** prepares pictures; it needs no model */
  tagger: Pick<TaggerProcess, 'request'>;
  /** gets the text that a job would write; a flagged answer comes with `onOutcome` */
  onText: (target: JobTarget, text: string) => void;
  /** called with a sentence if the records of the dataset could not be read */
  onNote: (note: string) => void;
}

/**
 * Asks a captioner about some images exactly as a job does, and writes nothing: no caption, no record, no job.
 * @param dataset that of the targets
 * @throws CaptionerError or JobFaultError where the captioner cannot be used at all; the signal's reason if aborted
 *   before the first image
 */
export async function tryCaptioner(
  dataset: Dataset,
  targets: readonly JobTarget[],
  trial: CaptionerTrial,
): Promise<JobResult> {
  const { captioner, endpointKeys, tagger, mode, write, signal, onOutcome, onProgress, onText, onNote } = trial;
  const texts = new CaptionTexts({ root: dataset.folder, write, captioner });
  await texts.readToLook(targets, signal, onNote);
  const keys = new Map(Object.entries(endpointKeys));
  const opened = await openCaptioner({ profile: captioner.profile, keys, tagger, signal }, texts);
  try {
    return await runCaptionJob(dataset, targets, {
      makeTags: opened.makeTags,
      makeText: (caption, existing, found, how) => texts.textOf(caption, existing, found, how),
      preview: onText,
      isCrash: (thrown) => errorCode(thrown) === taggerCrashed,
      faultOf: (thrown) => captionerFault(thrown) ?? taggerFault(thrown),
      mode,
      write,
      concurrency: opened.imagesInWork,
      signal,
      ...(onOutcome === undefined ? {} : { onOutcome }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  } finally {
    await opened.close();
  }
}
