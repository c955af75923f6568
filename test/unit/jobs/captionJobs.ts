import path from 'node:path';
import { planCaptionJob, runCaptionJob, type JobOptions, type JobResult } from '../../../src/jobs/captionJob';
import { parseTags } from '../../../src/tags/captionGrammar';
import type { Dataset } from '../../../src/dataset/Dataset';
import { defaultWriteOptions } from '../../../src/tags/writeMode';
import type { TestFiles } from '../shared/testFolder';

/** What tells a job that the tagger's process died. */
export class Crash extends Error {}

/** Empty files `1.png`, `2.png`, … */
export function numberedImages(count: number): TestFiles {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index + 1}.png`, '']));
}

/**
 * Captions a dataset: all of it, by replacing, unless told otherwise.
 * @param makeText the tags of an image, separated by commas
 */
export async function runJob(
  dataset: Dataset,
  makeText: (imagePath: string, signal: AbortSignal) => Promise<string>,
  more: Partial<JobOptions> = {},
): Promise<JobResult> {
  const { mode = 'all', write = defaultWriteOptions } = more;
  return runCaptionJob(dataset, await planCaptionJob(dataset.allImages, mode, write.mode), {
    makeTags: async (imagePath, signal) => ({ tags: parseTags(await makeText(imagePath, signal)) }),
    mode,
    write,
    isCrash: (thrown) => thrown instanceof Crash,
    concurrency: 4,
    signal: new AbortController().signal,
    ...more,
  });
}

export function nameOf(imagePath: string): string {
  return path.basename(imagePath);
}

/** A tag that tells the images apart. */
export function tagOfName(imagePath: string): Promise<string> {
  return Promise.resolve(`tag of ${nameOf(imagePath)}`);
}
