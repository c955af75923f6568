import type { JobManifest } from '../jobs/jobTypes';
import type { JobSecrets } from '../jobs/client/runnerProtocol';
import { serverTokenVariable } from '../protocol/tagging/execution';
import { TaggerProcess } from '../protocol/child/TaggerProcess';

/** What one device does: one job at a time, and single images beside it. */
export class Lane {
  readonly tagger: TaggerProcess;
  /** ids of the jobs that run */
  readonly running = new Set<string>();
  /** the one that has the device, whose turn it was */
  main: string | undefined;

  constructor(taggerEntry: string, onLog: (line: string) => void) {
    this.tagger = new TaggerProcess({ entry: taggerEntry, onLog });
  }

  /**
   * Has the tagger's process ready for a job. One that others use is left as it is.
   * @param secrets what it needs and no file may have
   * @param afresh end the process that is there: a GPU that it lost comes back in a new one only
   */
  prepare({ tagger }: JobManifest, { serverToken }: JobSecrets, afresh: boolean): void {
    if (this.running.size > 0) return;
    if (afresh) this.tagger.stop();
    const secret = serverToken === undefined ? {} : { [serverTokenVariable]: serverToken };
    this.tagger.useEnvironment({ ...tagger.environment, ...secret });
  }
}

/** Which device a job needs: jobs of one device wait for each other. */
export function deviceOf({ place, tagger }: JobManifest): string {
  if (place.kind === 'cluster') return `cluster ${place.queue}`;
  const { provider, server } = tagger.setup.execution;
  return provider === 'server' ? `server ${server?.url ?? ''}` : 'local';
}
