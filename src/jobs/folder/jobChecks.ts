// Checks the files of a job: on a shared disk, other users may have written them.
import path from 'node:path';
import * as v from 'valibot';
import { captionExtensionProblem } from '../../dataset/files/imageFiles';
import { imageOutcomes } from '../imageOutcomes';
import { writeModes } from '../../tags/writeMode';
import { checkOf, count, finite, textByName, texts } from '../../protocol/channel/checks';
import { cudaVariables } from '../../protocol/child/cudaEnvironmentVariables';
import { captionerProfile } from '../../protocol/captioning/captionerChecks';
import { captionOptions, modelHash, taggerSetup } from '../../protocol/tagging/taggerChecks';
import type { JobInfo, JobManifest, JobState } from '../jobTypes';

const sharedFiles = v.object({ model: v.string(), tags: v.string() });
const clusterPlace = v.object({
  kind: v.literal('cluster'),
  queue: v.string(),
  dataset: v.string(),
  shardSize: v.pipe(count, v.minValue(1)),
  models: v.array(
    v.object({
      name: v.string(),
      shared: v.optional(v.object({ folder: v.string(), files: v.optional(sharedFiles) })),
    }),
  ),
});
const place = v.variant('kind', [v.object({ kind: v.literal('local') }), clusterPlace]);
/** Also the name of a folder. */
const id = v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]+$/));
const status = v.picklist(['queued', 'running', 'paused', 'completed', 'cancelled']);
const fault = v.object({
  code: v.picklist([
    'DISK_FULL',
    'READ_ONLY',
    'DISK_ERROR',
    'FOLDER_MISSING',
    'MODEL_CHANGED',
    'PROVIDER_LOST',
    'TAGGER_FAILED',
    'CAPTIONER_FAILED',
    'CLUSTER_UNREACHABLE',
  ]),
  message: v.string(),
});
const [written, same, untagged, kept, flagged, failed] = imageOutcomes;
const counts = v.object({
  [written]: count,
  [same]: count,
  [untagged]: count,
  [kept]: count,
  [flagged]: count,
  [failed]: count,
});
const failures = v.array(v.object({ path: v.string(), reason: v.string() }));
const execution = v.array(v.object({ runsOn: v.string(), notUsed: texts }));
const times = { started: v.optional(v.string()), finished: v.optional(v.string()), reverted: v.optional(v.string()) };

const jobBase = {
  id,
  created: v.string(),
  label: v.string(),
  root: v.pipe(v.string(), v.check(isPlainAbsolute)),
  captionExtension: v.pipe(
    v.string(),
    v.check((extension) => captionExtensionProblem(extension) === undefined),
  ),
  mode: v.picklist(['all', 'empty']),
  write: v.object({
    mode: v.picklist(writeModes),
    keepFirst: finite,
    separator: v.string(),
    records: v.optional(v.picklist(['off', 'storage'])),
  }),
  place,
  snapshots: v.optional(v.object({ days: count, megabytes: count })),
  total: count,
};

/** `manifest.json`. */
export const isJobManifest = checkOf<JobManifest>()(
  v.variant('version', [
    v.object({
      version: v.literal(1),
      ...jobBase,
      options: captionOptions,
      tagger: v.object({
        name: v.string(),
        setup: taggerSetup,
        environment: v.pipe(
          textByName,
          v.check((environment) => Object.keys(environment).every((name) => cudaVariables.includes(name))),
        ),
        hashes: v.array(modelHash),
      }),
    }),
    v.object({
      version: v.literal(2),
      ...jobBase,
      captioner: v.object({
        profile: captionerProfile,
        hash: v.string(),
        categories: v.optional(v.record(v.string(), v.array(v.string()))),
      }),
    }),
  ]),
);

/** `state.json`. */
export const isJobState = checkOf<JobState>()(
  v.object({
    status,
    position: finite,
    fault: v.optional(fault),
    ...times,
    ran: finite,
    execution,
    counts,
    failures,
  }),
);

/** The {@link JobInfo} of a job, as processes send it to each other. */
export const jobInfo = v.object({
  id,
  label: v.string(),
  root: v.string(),
  tagger: v.string(),
  place,
  created: v.string(),
  status,
  interrupted: v.boolean(),
  runBy: v.optional(v.string()),
  fault: v.optional(fault),
  position: finite,
  ...times,
  total: count,
  counts,
  message: v.string(),
  imagesPerSecond: v.optional(finite),
  waiting: v.optional(count),
  pace: v.optional(v.string()),
  secondsLeft: v.optional(finite),
  execution,
  inWork: texts,
  failures,
});

/** Whether something is a {@link JobInfo}. */
export const isJobInfo = checkOf<JobInfo>()(jobInfo);

/** An absolute path without a NUL, which no system has in names. */
function isPlainAbsolute(file: string): boolean {
  return (path.isAbsolute(file) || path.win32.isAbsolute(file)) && !file.includes('\0');
}
