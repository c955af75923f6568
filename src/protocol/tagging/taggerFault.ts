import { errorCode } from '../channel/wireError';

/**
 * The error codes of a server that runs models:
 * - `SERVER_UNREACHABLE`: it is unreachable or overloaded for longer than a restart may take
 * - `SERVER_REFUSED`: it rejects what it is sent, regardless of the image
 * - `SERVER_FAILED`: a run failed, or the response is invalid
 */
export type ServerErrorCode = 'SERVER_UNREACHABLE' | 'SERVER_REFUSED' | 'SERVER_FAILED';

const faults = new Map<string | undefined, 'machine' | 'unclear'>([
  ['SERVER_UNREACHABLE', 'machine'],
  ['SERVER_REFUSED', 'machine'],
  ['SERVER_FAILED', 'unclear'],
  // The scores do not match the tags: the model differs from the one that was loaded.
  ['TAGS_MISMATCH', 'machine'],
  // If several images in a row have scores that are no probabilities, the model gives none.
  ['SCORES_OUT_OF_RANGE', 'unclear'],
  // The process hung: a driver, a disk, or somebody stopped it. Another image would hang, too.
  ['TAGGER_HUNG', 'machine'],
]);

/**
 * What caused an error of the tagger: `machine` means what runs the tagger, not the image; `unclear` means the machine,
 * if several images in a row fail like this; undefined means the image.
 */
export function taggerFault(thrown: unknown): 'machine' | 'unclear' | undefined {
  return faults.get(errorCode(thrown));
}
