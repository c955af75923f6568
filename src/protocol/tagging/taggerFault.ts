import { errorCode } from '../channel/wireError';

/**
 * What can be wrong with a server that runs models:
 * - `SERVER_UNREACHABLE`: it gives no answer, or none for now, for longer than one waits for a restart
 * - `SERVER_REFUSED`: it does not take what it is sent, whichever image that is
 * - `SERVER_FAILED`: it failed at a run, or gave an answer that is none
 */
export type ServerErrorCode = 'SERVER_UNREACHABLE' | 'SERVER_REFUSED' | 'SERVER_FAILED';

const faults = new Map<string | undefined, 'machine' | 'unclear'>([
  ['SERVER_UNREACHABLE', 'machine'],
  ['SERVER_REFUSED', 'machine'],
  ['SERVER_FAILED', 'unclear'],
  // Scores without tags: the model differs from the one that was loaded.
  ['TAGS_MISMATCH', 'machine'],
]);

/**
 * Whether an error of the tagger is the fault of what runs it and not of the image: `machine` is, `unclear` may be,
 * when it happens with several images in a row; undefined is the image's.
 */
export function taggerFault(thrown: unknown): 'machine' | 'unclear' | undefined {
  return faults.get(errorCode(thrown));
}
