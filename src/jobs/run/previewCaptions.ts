import type { Dataset } from '../../dataset/Dataset';
import { taggerCrashed, type TaggerProcess } from '../../protocol/child/TaggerProcess';
import { errorCode } from '../../protocol/channel/wireError';
import type { CaptionOptions } from '../../protocol/tagging/captionOptions';
import { taggerFault } from '../../protocol/tagging/taggerFault';
import type { TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { runCaptionJob, type JobOptions, type JobResult, type JobTarget } from '../captionJob';
import type { FoundTags } from '../../tags/FoundTags';
import type { JobManifest } from '../jobTypes';
import { CaptionTexts } from './CaptionTexts';

/** The parameters of a dry run of a job. */
export interface CaptionPreviewWork
  extends Pick<JobManifest, 'mode' | 'write'>, Pick<JobOptions, 'onOutcome' | 'onProgress' | 'signal'> {
  /** it is loaded */
  tagger: Pick<TaggerProcess, 'request'>;
  setup: TaggerSetup;
  options: CaptionOptions;
  /** maximum number of images in flight */
  imagesInWork: number;
  /** gets the text that the job would write for each image with tags, also where the caption holds it already */
  onText: (target: JobTarget, text: string, found: FoundTags) => void;
  /** called with a sentence if the records of the dataset could not be read */
  onNote: (note: string) => void;
}

/**
 * Runs the tagger as a job would, and writes nothing: no caption, no record, no job. A bad image stops nothing.
 * @param dataset that of the targets
 * @throws the signal's reason while records are read; later the result says that it was cancelled
 */
export async function previewCaptions(
  dataset: Dataset,
  targets: readonly JobTarget[],
  work: CaptionPreviewWork,
): Promise<JobResult> {
  const { tagger, setup, options, mode, write, signal, imagesInWork, onOutcome, onProgress, onText } = work;
  const texts = new CaptionTexts({ root: dataset.folder, write });
  await texts.readToLook(targets, signal, work.onNote);
  return runCaptionJob(dataset, targets, {
    makeTags: (imagePath, stopped) => tagger.request('captionImage', { imagePath, setup, options }, stopped),
    makeText: (caption, existing, found, how) => texts.textOf(caption, existing, found, how),
    preview: (target, text, found) => {
      if ('tags' in found) onText(target, text, found);
    },
    isCrash: (thrown) => errorCode(thrown) === taggerCrashed,
    faultOf: taggerFault,
    mode,
    write,
    concurrency: imagesInWork,
    signal,
    ...(onOutcome === undefined ? {} : { onOutcome }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}
