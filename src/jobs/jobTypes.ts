import type { CaptionScope } from './captionJob';
import type { OutcomeCounts } from './imageOutcomes';
import type { SnapshotLimits } from '../snapshots/store/snapshotTypes';
import type { WriteOptions } from '../tags/writeMode';
import type { CaptionerProfile } from '../protocol/captioning/captionerProfile';
import type { CaptionOptions } from '../protocol/tagging/captionOptions';
import type { ModelHash, TaggerSetup } from '../protocol/tagging/taggerProtocol';

/** The part of a manifest that jobs of taggers and of captioners have in common. */
interface JobBase {
  /** also the name of the job's folder, see `isJobName` */
  id: string;
  /** when the job was created, ISO 8601 */
  created: string;
  /** such as `Caption Empty` */
  label: string;
  /** the dataset, an absolute path */
  root: string;
  /** with its dot */
  captionExtension: string;
  mode: CaptionScope;
  write: WriteOptions;
  /** who captions: this machine, or the workers of a cluster */
  place: { kind: 'local' } | ClusterPlace;
  /** how long snapshots from before jobs are kept; the usual ones if undefined */
  snapshots?: SnapshotLimits;
  /** number of images to caption; `images.jsonl` lists them */
  total: number;
}

/** A job by a tagger. */
export interface TaggerManifest extends JobBase {
  version: 1;
  options: CaptionOptions;
  tagger: JobTagger;
}

/**
 * A job by a captioner. It has a version number that versions of this program without captioners refuse, so that they
 * touch nothing.
 */
export interface CaptionerManifest extends JobBase {
  version: 2;
  captioner: JobCaptioner;
}

/** What a job is to do. Written once, to `manifest.json`; it never changes and holds no secrets. */
export type JobManifest = TaggerManifest | CaptionerManifest;

/** How many answers of a job wait for a person: the flagged ones, without those that were decided on. */
export function answersToReview({ counts, waiting }: Pick<JobInfo, 'counts' | 'waiting'>): number {
  return waiting ?? counts.flagged;
}

/** The name of the tagger or captioner of a job, to display. */
export function captionedBy(job: { tagger: JobTagger } | { captioner: JobCaptioner }): string {
  return 'captioner' in job ? job.captioner.profile.name : job.tagger.name;
}

/**
 * Where a cluster job finds its dataset and models. Paths are relative to the shared folder, so they are valid on every
 * machine.
 */
export interface ClusterPlace {
  kind: 'cluster';
  /** name of the queue that distributes the job's shards to workers */
  queue: string;
  /** path of the dataset relative to the shared folder, with `/`; empty if the dataset is that folder itself */
  dataset: string;
  /** number of images in a shard */
  shardSize: number;
  /** how each of `setup.models` is found on other machines, in the same order */
  models: SharedModel[];
}

/** How other machines find a model. The hash in {@link JobTagger} proves that they found the same file. */
export interface SharedModel {
  /** the model's name in the catalogue, or the name of its folder */
  name: string;
  /** the model's paths relative to the shared folder, with `/`; only if it is in that folder */
  shared?: { folder: string; files?: { model: string; tags: string } };
}

/** The tagger of a job, and the hashes that show later whether it is still the same. */
export interface JobTagger {
  /** the name to display, such as `wd-vit-tagger-v3` */
  name: string;
  setup: TaggerSetup;
  /** environment variables for the tagger's process */
  environment: Record<string, string>;
  /** SHA-256 of each model and of its tags, in the order of `setup.models` */
  hashes: ModelHash[];
}

/** The captioner of a job. Its keys are in no file: see `JobSecrets`. */
export interface JobCaptioner {
  profile: CaptionerProfile;
  /** of all that determines the captions, see `captionerHash`: a job with the same hash does the same work */
  hash: string;
  /**
   * The tags of the captions that are of the categories that the prompt names, in their normalized form, by category:
   * found when the job is made, as other machines may know no list of tags. Undefined if the prompt names none.
   */
  categories?: Record<string, string[]>;
}

/** An image of a job, one line of `images.jsonl`. */
export interface JobImage {
  /** relative to the root, with `/` */
  path: string;
  /** {@link captionHash} of the caption file when the job was created; null if there was no file */
  expected: string | null;
}

/**
 * - `queued`: waits for its turn
 * - `running`: a process works on it; if that process died, the job is interrupted, see {@link JobInfo.interrupted}
 * - `paused`: by the user, or by a {@link JobFault}
 * - `completed`: every image has an outcome
 */
export type JobStatus = 'queued' | 'running' | 'paused' | 'completed' | 'cancelled';

/** Faults of the machine, not of an image. A fault pauses the job. */
export type JobFaultCode =
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'DISK_ERROR'
  | 'FOLDER_MISSING'
  | 'MODEL_CHANGED'
  | 'PROVIDER_LOST'
  | 'TAGGER_FAILED'
  | 'CAPTIONER_FAILED'
  | 'CLUSTER_UNREACHABLE';

export interface JobFault {
  code: JobFaultCode;
  /** for the user: what is wrong and what to do */
  message: string;
}

/** The progress of a job, as stored in `state.json`. */
export interface JobState {
  status: JobStatus;
  /** queued jobs run in ascending order of this number */
  position: number;
  fault?: JobFault;
  /** ISO 8601 */
  started?: string;
  finished?: string;
  /** total time of all runs of the job, in milliseconds */
  ran: number;
  /** what each model runs on, and why faster providers are not used */
  execution: { runsOn: string; notUsed: string[] }[];
  /** when the job was reverted, ISO 8601 */
  reverted?: string;
  /** as of the last write of `state.json`; after a crash they may be stale; the journal has the right ones */
  counts: OutcomeCounts;
  /** the first {@link shownFailures} */
  failures: { path: string; reason: string }[];
}

/** Everything that is shown of a job. */
export interface JobInfo {
  id: string;
  label: string;
  root: string;
  /** name of the tagger or captioner */
  tagger: string;
  place: JobManifest['place'];
  created: string;
  status: JobStatus;
  /** the process that ran the job, or had it in its queue, ended before the job did, and no other one has it now */
  interrupted: boolean;
  /**
   * the process that runs the job or has it in its queue, in words; undefined if it is the process that made this info
   */
  runBy?: string;
  fault?: JobFault;
  position: number;
  started?: string;
  finished?: string;
  reverted?: string;
  total: number;
  counts: OutcomeCounts;
  /** how many of the flagged answers nobody has decided on; only in a window that has read it */
  waiting?: number;
  /** what the job does now, in one line, such as `Loading the tagger…`; empty if the counts say enough */
  message: string;
  /** average over the last seconds; only while the job is running */
  imagesPerSecond?: number;
  /** the load on the servers of a captioner, such as `12 in flight, 340 tokens/s`; only while the job is running */
  pace?: string;
  secondsLeft?: number;
  execution: JobState['execution'];
  /** relative paths of the images in flight */
  inWork: string[];
  /** the first {@link shownFailures} */
  failures: { path: string; reason: string }[];
}

/** Maximum number of failures in {@link JobInfo} and {@link JobState}; the journal and the report have all. */
export const shownFailures = 100;
