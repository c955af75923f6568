import { imageOutcomes, noOutcomes, type OutcomeCounts } from '../imageOutcomes';
import type { ImageRecord } from './journalEntries';
import type { JobFolder } from './JobFolder';
import { nameOf } from './JobLock';
import { captionedBy, shownFailures, type JobImage, type JobInfo, type JobManifest, type JobState } from '../jobTypes';

/** The info of a job, made of what its files say. */
export function jobInfo(manifest: JobManifest, state: JobState, interrupted: boolean): JobInfo {
  const { id, label, root, place, created, total } = manifest;
  const { status, position, fault, started, finished, reverted, counts, failures, execution } = state;
  return {
    id,
    label,
    root,
    place,
    created,
    total,
    tagger: captionedBy(manifest),
    status,
    interrupted,
    position,
    counts,
    failures,
    execution,
    message: '',
    inWork: [],
    ...(fault === undefined ? {} : { fault }),
    ...(started === undefined ? {} : { started }),
    ...(finished === undefined ? {} : { finished }),
    ...(reverted === undefined ? {} : { reverted }),
  };
}

/** Reads the info of a job that this process does not run. @throws JobError */
export async function readJobInfo(folder: JobFolder): Promise<JobInfo> {
  const manifest = await folder.readManifest();
  const state = await folder.readState();
  const isOn = state.status === 'running' || state.status === 'queued';
  const holder = isOn ? await folder.holder() : undefined;
  const interrupted = isOn && holder === undefined;
  // The state is written only now and then: after a crash it is stale, and the journal is right.
  if (interrupted && state.status === 'running')
    Object.assign(state, countOutcomes(await folder.readImages(), await folder.readJournal()));
  const info = jobInfo(manifest, state, interrupted);
  const isElsewhere = holder !== undefined && !(holder.liveness === 'alive' && holder.pid === process.pid);
  return isElsewhere ? { ...info, runBy: nameOf(holder) } : info;
}

/** Counts the images by their outcome, and collects the first {@link shownFailures}. */
export function countOutcomes(
  images: readonly JobImage[],
  records: ReadonlyMap<number, ImageRecord>,
): Pick<JobState, 'counts' | 'failures'> {
  const counts = noOutcomes();
  const failures: JobState['failures'] = [];
  for (const [index, { outcome, reason }] of records) {
    const image = images[index];
    if (outcome === undefined || image === undefined) continue;
    counts[outcome]++;
    if (reason !== undefined && failures.length < shownFailures) failures.push({ path: image.path, reason });
  }
  return { counts, failures };
}

/** Number of images that have an outcome. */
export function handledOf(counts: OutcomeCounts): number {
  return imageOutcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
}
