import type { JobInfo } from '../jobTypes';

/** Raised whenever a client and a runner of another version would misunderstand each other. */
export const runnerProtocolVersion = 1;

/** What a client tells the runner with a job that must not be written down. */
export interface JobSecrets {
  /** address of the queue of a job on a cluster, with its password */
  redisUrl?: string;
  /** bearer token for the server that runs the models */
  serverToken?: string;
}

/** What the process that runs jobs answers, over a local socket. The first request must be `hello`. */
export interface RunnerRequests {
  /** @throws RUNNER_REFUSED for a wrong token, or another version: then only `retire` is answered */
  hello(params: { token: string; version: number }): { pid: number; jobs: JobInfo[] };
  /**
   * Takes a job on whose folder the client has made, or goes on with it.
   * - `atOnce`: beside the job that runs; for single images
   * - `tied`: pause the job when this connection ends
   * - `retryFailed`: images that failed count as not done
   */
  start(params: { id: string; atOnce?: boolean; tied?: boolean; retryFailed?: boolean; secrets?: JobSecrets }): JobInfo;
  /** Stops after the images in work; `start` goes on. */
  pause(params: { id: string }): undefined;
  /** Ends a job for good; what was written stays. */
  cancel(params: { id: string }): undefined;
  /** Puts a waiting job in front of another one, or at the end. */
  move(params: { id: string; before: string | null }): undefined;
  /** Deletes a job that does not run, with its journal. */
  remove(params: { id: string }): undefined;
  /** Has jobs read again from their folders, after something else changed them. */
  reread(params: { id: string }): undefined;
  /** Ends the tagger's process unless a job uses it. Returns whether it is gone. */
  unloadTagger(params: Record<string, never>): { unloaded: boolean };
  /** Pauses what runs and ends the runner; the next one goes on. Answered to every version. */
  retire(params: { token: string }): undefined;
}

/** What the runner tells every client. */
export interface RunnerEvents {
  /** Jobs that changed, at most 4 times a second. */
  jobs: { jobs: JobInfo[] };
  /** A job that is no more. */
  removed: { id: string };
  /** Images with an outcome since the last event, relative to the job's root; at most 4 times a second. */
  handled: { id: string; root: string; paths: string[] };
  /** A line for the log. */
  log: { line: string };
}
