import type { CaptionScope, ImageOutcome } from './captionJob';
import type { WriteOptions } from '../tags/writeMode';
import type { CaptionOptions } from '../protocol/tagging/captionOptions';
import type { ModelHash, TaggerSetup } from '../protocol/tagging/taggerProtocol';

/** What a job is, as it is written once into `manifest.json`; it never changes and holds no secrets. */
export interface JobManifest {
  version: 1;
  /** also the name of the job's folder: when it was made, and some random characters */
  id: string;
  /** when it was made, ISO 8601 */
  created: string;
  /** such as `Caption Empty` */
  label: string;
  /** the dataset, an absolute path */
  root: string;
  /** with its dot */
  captionExtension: string;
  mode: CaptionScope;
  write: WriteOptions;
  options: CaptionOptions;
  tagger: JobTagger;
  /** this machine, or the workers behind a queue of that name */
  place: { kind: 'local' } | ClusterPlace;
  /** how many images it is to caption; `images.jsonl` names them */
  total: number;
}

/** Where a job of a cluster is, and how every machine of it finds what it needs: no path of one machine alone. */
export interface ClusterPlace {
  kind: 'cluster';
  /** name of the queue that hands its shards to workers */
  queue: string;
  /** the dataset's path below the folder that all machines share, with `/`; empty where it is that folder */
  dataset: string;
  /** how many images a worker takes at a time */
  shardSize: number;
  /** how each of `setup.models` is found on another machine */
  models: SharedModel[];
}

/** A model as another machine knows it; its hash tells whether it is the same. */
export interface SharedModel {
  /** of the catalogue, or of its folder */
  name: string;
  /** its paths below the shared folder, with `/`, where it lies there */
  shared?: { folder: string; files?: { model: string; tags: string } };
}

/** What captions, and how it is known again. */
export interface JobTagger {
  /** for people, such as `wd-vit-tagger-v3` */
  name: string;
  setup: TaggerSetup;
  /** what the tagger's process needs in its environment */
  environment: Record<string, string>;
  /** SHA-256 of each model and of its tags, in the order of `setup.models` */
  hashes: ModelHash[];
}

/** An image of a job, one line of `images.jsonl`. */
export interface JobImage {
  /** relative to the root, with `/` */
  path: string;
  /** {@link captionHash} of the caption file when the job was made; null where there was none */
  expected: string | null;
}

/**
 * - `queued`: waits for its turn
 * - `running`: a process works on it, unless that died: then it is interrupted, see {@link JobInfo.interrupted}
 * - `paused`: by the user, or by a {@link JobFault}
 * - `completed`: every image has an outcome
 */
export type JobStatus = 'queued' | 'running' | 'paused' | 'completed' | 'cancelled';

/** What is wrong with the machine, not with an image: it pauses a job. */
export type JobFaultCode =
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'DISK_ERROR'
  | 'FOLDER_MISSING'
  | 'MODEL_CHANGED'
  | 'PROVIDER_LOST'
  | 'TAGGER_FAILED'
  | 'CLUSTER_UNREACHABLE';

export interface JobFault {
  code: JobFaultCode;
  /** one sentence for the user, with what to do */
  message: string;
}

/** Where a job is, as `state.json` has it. */
export interface JobState {
  status: JobStatus;
  /** waiting jobs run in the order of this number */
  position: number;
  fault?: JobFault;
  /** ISO 8601 */
  started?: string;
  finished?: string;
  /** milliseconds that it ran, over all runs */
  ran: number;
  /** what each model runs on, and why better providers are not used */
  execution: { runsOn: string; notUsed: string[] }[];
  /** when it was reverted, ISO 8601 */
  reverted?: string;
  /** as of the last time that this was written; the journal knows better after a crash */
  counts: OutcomeCounts;
  /** the first {@link shownFailures} */
  failures: { path: string; reason: string }[];
}

/** How many images have which outcome. */
export type OutcomeCounts = Record<ImageOutcome, number>;

/** All that is shown of a job. */
export interface JobInfo {
  id: string;
  label: string;
  root: string;
  /** name of the tagger */
  tagger: string;
  place: JobManifest['place'];
  created: string;
  status: JobStatus;
  /** its process ended before the job did, and nobody works on it */
  interrupted: boolean;
  fault?: JobFault;
  position: number;
  started?: string;
  finished?: string;
  reverted?: string;
  total: number;
  counts: OutcomeCounts;
  /** one line: what it does now, such as `Loading the tagger…`; empty where the numbers say all */
  message: string;
  /** of the last seconds, while it runs */
  imagesPerSecond?: number;
  secondsLeft?: number;
  execution: JobState['execution'];
  /** relative paths of the images in work right now */
  inWork: string[];
  /** the first failures */
  failures: { path: string; reason: string }[];
}

/** So many failures travel with {@link JobInfo}; the journal and the report have all. */
export const shownFailures = 100;
