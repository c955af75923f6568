/**
 * What became of an image, in order of rank, the highest first, see {@link rankOf}:
 * - `written`: its caption file was written; `same`: it held that text already
 * - `untagged`: no tag passed the threshold, the caption was kept
 * - `kept`: its caption was kept, because somebody wrote it meanwhile, or it is JSON, to which no tags are added
 * - `flagged`: a captioner answered, but with what is no caption, such as a refusal; the caption was kept, and the
 *   answer is in the journal for a person to look at
 * - `failed`: it could not be captioned
 */
export const imageOutcomes = ['written', 'same', 'untagged', 'kept', 'flagged', 'failed'] as const;
export type ImageOutcome = (typeof imageOutcomes)[number];
/** How many images have which outcome. */
export type OutcomeCounts = Record<ImageOutcome, number>;

/** The counts of a job that has not begun. */
export function noOutcomes(): OutcomeCounts {
  return { written: 0, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 0 };
}

/** What follows from each outcome: whether the image is listed with its reason, and whether it may be tried again. */
const consequences: Readonly<Record<ImageOutcome, { isListed: boolean; isRetried: boolean }>> = {
  written: { isListed: false, isRetried: false },
  same: { isListed: false, isRetried: false },
  untagged: { isListed: false, isRetried: false },
  kept: { isListed: true, isRetried: false },
  flagged: { isListed: true, isRetried: true },
  failed: { isListed: true, isRetried: true },
};

/** Whether an image with this outcome is listed with its reason: its caption is not what the job was to make of it. */
export function isListed(outcome: ImageOutcome): boolean {
  return consequences[outcome].isListed;
}

/** Whether an image with this outcome may be tried again in the same job. */
export function isRetried(outcome: ImageOutcome | undefined): boolean {
  return outcome !== undefined && consequences[outcome].isRetried;
}

/** By rank, the lowest first, see {@link rankOf}. */
const ranked: readonly (ImageOutcome | undefined)[] = [undefined, ...imageOutcomes.toReversed()];

/**
 * Which outcome wins if two workers had the same image: the one of the higher rank, 1..6; 0 for none. If one of them
 * wrote the caption, that is what happened to the file, whatever the other one says.
 */
export function rankOf(outcome: ImageOutcome | undefined): number {
  return ranked.indexOf(outcome);
}

/** The outcome of a rank. */
export function outcomeOfRank(rank: number): ImageOutcome | undefined {
  return ranked[rank];
}
