import type { Caption } from '../../dataset/captions/Caption';
import { captionerHash } from '../../jobs/captionerHash';
import type { JobCaptioner } from '../../jobs/jobTypes';
import { CaptionTexts, notLookedUp } from '../../jobs/run/CaptionTexts';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { WriteOptions } from '../../tags/writeMode';

/**
 * The texts of captions as a job by a captioner makes them, with what is recorded of these captions.
 * @param root the dataset, absolute
 * @param onNote called with a sentence if the records could not be read: then all counts as written by hand
 * @throws the signal's reason
 */
export async function readTexts(
  work: {
    root: string;
    write: WriteOptions;
    profile: CaptionerProfile;
    captions: readonly Caption[];
    categories?: JobCaptioner['categories'];
  },
  signal: AbortSignal,
  onNote: (note: string) => void,
): Promise<CaptionTexts> {
  const { root, write, profile, captions, categories } = work;
  const texts = new CaptionTexts({
    root,
    write,
    captioner: { profile, hash: captionerHash(profile), ...(categories === undefined ? {} : { categories }) },
  });
  if (!texts.needsRecords) return texts;
  try {
    await texts.read(captions, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    onNote(notLookedUp(thrown));
  }
  return texts;
}
