import type { Batch } from '../../../api';
import { handledOf } from '../../jobs/folder/jobInfo';
import type { JobInfo } from '../../jobs/jobTypes';
import { jobView } from '../captioning/jobText';

/** A job as other extensions are told of it. */
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
    failed: counts.failed,
    message: jobView(job).message,
  };
}

function stateOf({ status, interrupted, fault }: JobInfo): Batch['state'] {
  if (interrupted) return 'interrupted';
  return status === 'paused' && fault !== undefined ? 'failed' : status;
}

/** What is left of a state where there are three: whether it is worth while to wait for more. */
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
