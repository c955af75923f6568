import type { Batch, ImageResult } from '../../../api';
import { handledOf } from '../../jobs/folder/jobInfo';
import type { ImageOutcome } from '../../jobs/imageOutcomes';
import type { JobInfo } from '../../jobs/jobTypes';
import { jobView } from '../captioning/jobText';

/** A job in the form in which the API returns it. */
export function batchOf(job: JobInfo): Batch {
  const { id, root, counts, total } = job;
  const state = stateOf(job);
  return {
    id,
    directory: root,
    state,
    total,
    status: statusOf(state),
    done: handledOf(counts),
    failed: counts.failed + counts.flagged,
    message: jobView(job).message,
  };
}

/** The outcome of an image in the words of the API, which has no flagged answers: they count as failed. */
export function outcomeOf(outcome: ImageOutcome): ImageResult['outcome'] {
  return outcome === 'flagged' ? 'failed' : outcome;
}

function stateOf({ status, interrupted, fault }: JobInfo): Batch['state'] {
  if (interrupted) return 'interrupted';
  return status === 'paused' && fault !== undefined ? 'failed' : status;
}

/** A state reduced to whether a caller should keep waiting (`running`), has all results, or will not get them. */
function statusOf(state: Batch['state']): Batch['status'] {
  switch (state) {
    case 'queued':
    case 'running':
    case 'paused':
      return 'running';
    case 'completed':
      return 'completed';
    case 'cancelled':
    case 'interrupted':
    case 'failed':
      return 'error';
  }
}
