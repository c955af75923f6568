import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import {
  newEndpoint,
  publishEndpoint,
  withdrawEndpoint,
  type RunnerEndpoint,
} from '../../../src/jobs/client/runnerEndpoint';
import type { RunnerEvents, RunnerRequests } from '../../../src/jobs/client/runnerProtocol';
import { socketPort } from '../../../src/jobs/client/socketPort';
import { Channel, type RequestHandlers } from '../../../src/protocol/channel/Channel';

/** A stand-in for a runner of another version. */
export interface OtherRunner {
  endpoint: RunnerEndpoint;
  /** the requests that it got */
  asked: string[];
  end: () => Promise<void>;
}

/** Starts a runner of another version; undefined is one from before runners said their version. */
export async function startOtherRunner(jobsFolder: string, version: number | undefined): Promise<OtherRunner> {
  await mkdir(jobsFolder, { recursive: true });
  const asked: string[] = [];
  const endpoint = newEndpoint();
  const handlers = {
    hello: () => {
      asked.push('hello');
      if (version === undefined) throw Object.assign(new Error('another version'), { code: 'RUNNER_VERSION' });
      return { pid: process.pid, version, jobs: [] };
    },
    retire: async () => {
      asked.push('retire');
      await withdrawEndpoint(jobsFolder, endpoint);
      return undefined;
    },
  } as unknown as RequestHandlers<RunnerRequests>;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    new Channel<RunnerRequests, Record<string, never>, Record<string, never>, RunnerEvents>(
      socketPort(socket),
      handlers,
      {},
    );
  });
  await new Promise<void>((resolve) => server.listen(endpoint.address, resolve));
  await publishEndpoint(jobsFolder, endpoint);
  const end = async (): Promise<void> => {
    server.close();
    await withdrawEndpoint(jobsFolder, endpoint);
  };
  return { endpoint, asked, end };
}
