import type { JobInfo } from '../jobTypes';

/** Increased with every incompatible change of the protocol. */
export const runnerProtocolVersion = 2;

/** Secrets that a client sends with a job. They must not be stored. */
export interface JobSecrets {
  /** address of the queue of a cluster job, including the password */
  redisUrl?: string;
  /** bearer token for the server that runs the models */
  serverToken?: string;
  /** keys for the servers of a captioner, by their origins, such as `https://openrouter.ai` */
  endpointKeys?: Record<string, string>;
}

/** The requests to the process that runs jobs, over a local socket. The first one must be `hello`. */
export interface RunnerRequests {
  /**
   * Returns the version of the runner's protocol, which may be another than the client's: then `jobs` is empty, and
   * only `retire` is accepted. Both requests must stay as they are in all versions.
   * @throws RUNNER_REFUSED for a wrong token
   */
  hello(params: { token: string; version: number }): { pid: number; version?: number; jobs: JobInfo[] };
  /** A heartbeat. A runner that does not know this request answers with an error, which will do. */
  ping(params: Record<string, never>): undefined;
  /**
   * Queues a job whose folder the client has made, or resumes it.
   * - `atOnce`: start at once, even while another job runs; for single images
   * - `tied`: pause the job when this connection closes
   * - `retryFailed`: retry the images that failed
   * - `retryFlagged`: ask again for the images whose answers are flagged
   */
  start(params: {
    id: string;
    atOnce?: boolean;
    tied?: boolean;
    retryFailed?: boolean;
    retryFlagged?: boolean;
    secrets?: JobSecrets;
  }): JobInfo;
  /** Stops a job after the writes in flight; `start` resumes it. */
  pause(params: { id: string }): undefined;
  /** Ends a job for good; the captions that it wrote stay. */
  cancel(params: { id: string }): undefined;
  /** Moves a queued job in front of the job `before`, or to the end of the queue if `before` is null. */
  move(params: { id: string; before: string | null }): undefined;
  /** Deletes a job that is not running, with its journal. */
  remove(params: { id: string }): undefined;
  /** Reads a job again from its folder, after another process changed it. */
  reread(params: { id: string }): undefined;
  /** Ends the tagger processes that no job uses. Returns whether no tagger process is left. */
  unloadTagger(params: Record<string, never>): { unloaded: boolean };
  /**
   * Interrupts the running jobs and ends the runner; the next runner can resume the jobs. Accepted from clients of
   * every protocol version; only a client of a later version asks for it, and only when it needs a runner.
   */
  retire(params: { token: string }): undefined;
}

/** The events that the runner sends to every client. */
export interface RunnerEvents {
  /** Jobs that changed; throttled to 4 times a second. */
  jobs: { jobs: JobInfo[] };
  /** A job that was deleted. */
  removed: { id: string };
  /**
   * Images of a job that were captioned, skipped or failed since the last event; throttled to 4 times a second. The
   * paths are relative to `root`, the folder of the job's dataset.
   */
  handled: { id: string; root: string; paths: string[] };
  /** A line for the log. */
  log: { line: string };
}
