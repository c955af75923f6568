import type { JobTarget } from '../captionJob';
import { inSlices } from '../../base/inSlices';
import { CaptionTexts, type TextsOfJob } from './CaptionTexts';

/**
 * The images about which a captioner cannot be asked, as a placeholder of its prompt has nothing for them. For a
 * warning before a job starts.
 * @param onNote called with a sentence if the records of the dataset could not be read
 * @returns by the placeholder, such as `{tags}`; empty if there is none
 * @throws the signal's reason
 */
export async function missingForPrompt<Target extends Pick<JobTarget, 'path' | 'caption'>>(
  job: TextsOfJob,
  targets: readonly Target[],
  signal: AbortSignal,
  onNote: (note: string) => void,
): Promise<Map<string, Target[]>> {
  const texts = new CaptionTexts(job);
  await texts.readToLook(targets, signal, onNote);
  const missing = new Map<string, Target[]>();
  await inSlices(targets, (target) => {
    for (const placeholder of texts.missingFor(target.caption, target.path)) {
      const images = missing.get(placeholder) ?? [];
      missing.set(placeholder, images);
      images.push(target);
    }
  });
  return missing;
}
