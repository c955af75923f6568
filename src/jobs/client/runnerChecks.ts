// Checks the messages between windows and the process that runs jobs, in both directions.
import * as v from 'valibot';
import type { ParamsOf, ResultsOf } from '../../protocol/channel/Channel';
import { checksOf, finite, nothing, textByName, texts } from '../../protocol/channel/checks';
import { jobInfo } from '../folder/jobChecks';
import type { RunnerEvents, RunnerRequests } from './runnerProtocol';

const oneJob = v.object({ id: v.string() });
const done = v.undefined();

/** Checks the parameters of a window's requests. */
export const runnerParams = checksOf<ParamsOf<RunnerRequests>>()({
  hello: v.object({ token: v.string(), version: finite }),
  ping: nothing,
  start: v.object({
    id: v.string(),
    atOnce: v.optional(v.boolean()),
    tied: v.optional(v.boolean()),
    retryFailed: v.optional(v.boolean()),
    retryFlagged: v.optional(v.boolean()),
    secrets: v.optional(
      v.object({
        redisUrl: v.optional(v.string()),
        serverToken: v.optional(v.string()),
        endpointKeys: v.optional(textByName),
      }),
    ),
  }),
  pause: oneJob,
  cancel: oneJob,
  move: v.object({ id: v.string(), before: v.nullable(v.string()) }),
  remove: oneJob,
  reread: oneJob,
  unloadTagger: nothing,
  retire: v.object({ token: v.string() }),
});

/** Checks the results that the process that runs jobs returns. */
export const runnerResults = checksOf<ResultsOf<RunnerRequests>>()({
  hello: v.object({ pid: finite, version: v.optional(finite), jobs: v.array(jobInfo) }),
  ping: done,
  start: jobInfo,
  pause: done,
  cancel: done,
  move: done,
  remove: done,
  reread: done,
  unloadTagger: v.object({ unloaded: v.boolean() }),
  retire: done,
});

/** Checks the events of the process that runs jobs. */
export const runnerEvents = checksOf<RunnerEvents>()({
  jobs: v.object({ jobs: v.array(jobInfo) }),
  removed: oneJob,
  handled: v.object({ id: v.string(), root: v.string(), paths: texts }),
  log: v.object({ line: v.string() }),
});
