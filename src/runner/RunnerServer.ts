import { timingSafeEqual } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { JobInfo } from '../jobs/jobTypes';
import type { RunnerEndpoint } from '../jobs/client/runnerEndpoint';
import { runnerParams } from '../jobs/client/runnerChecks';
import { runnerProtocolVersion, type RunnerEvents, type RunnerRequests } from '../jobs/client/runnerProtocol';
import { socketPort } from '../jobs/client/socketPort';
import { Channel, type RequestHandlers } from '../protocol/channel/Channel';
import { ClientNews } from './ClientNews';
import { RunnerRefusal, type JobQueue } from './JobQueue';

/** How long changes are usually collected before they are sent to the clients, in milliseconds. */
const postPause = 250;
/** A connection that has not authenticated after this time is closed, in milliseconds. */
const greetLimit = 5000;

type ClientChannel = Channel<RunnerRequests, Record<string, never>, Record<string, never>, RunnerEvents>;

interface Client {
  socket: Socket;
  channel: ClientChannel;
  /** events for it, which wait until it has read those sent before */
  news: ClientNews;
  greeted: boolean;
  /** ids of the jobs that are paused when this connection closes */
  tied: Set<string>;
}

export interface RunnerServerEvents {
  /** a client of another version asks this runner to end */
  onRetire: () => void;
  /** a client connected or disconnected */
  onClients: () => void;
  /** called with each line for the log */
  onLog: (line: string) => void;
}

/** Serves the windows and commands of this user: passes requests on to the queue and sends them its changes. */
export class RunnerServer {
  private readonly server: Server;
  private readonly clients = new Set<Client>();
  private readonly changed = new Map<string, JobInfo>();
  private readonly handled = new Map<string, { id: string; root: string; paths: string[] }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: JobQueue,
    private readonly endpoint: RunnerEndpoint,
    private readonly events: RunnerServerEvents,
    /** how long changes are collected before they are sent, in milliseconds */
    private readonly pause = postPause,
  ) {
    this.server = createServer((socket) => {
      this.accept(socket);
    });
  }

  get hasClients(): boolean {
    return [...this.clients].some(({ greeted }) => greeted);
  }

  /** Starts to listen. @throws errors of the system */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.endpoint.address, () => {
        // The folder of the socket is private already; this protects the socket if the folder's mode is ever changed.
        if (process.platform !== 'win32') chmodSync(this.endpoint.address, 0o600);
        resolve();
      });
    });
  }

  /** Sends the pending events and stops listening. */
  close(): void {
    clearTimeout(this.timer);
    this.postEvents();
    this.server.close();
  }

  jobChanged(info: JobInfo): void {
    this.changed.set(info.id, info);
    this.schedulePost();
  }

  imageHandled({ id, root }: JobInfo, image: string): void {
    const handled = this.handled.get(id) ?? { id, root, paths: [] };
    this.handled.set(id, handled);
    handled.paths.push(image);
    this.schedulePost();
  }

  jobRemoved(id: string): void {
    this.changed.delete(id);
    for (const { news } of this.clients) news.forget(id);
    this.broadcast((channel) => {
      channel.tell('removed', { id });
    });
  }

  log(line: string): void {
    this.broadcast((channel) => {
      channel.tell('log', { line });
    });
  }

  private accept(socket: Socket): void {
    const identity = { socket, news: new ClientNews(), greeted: false, tied: new Set<string>() };
    const channel: ClientChannel = new Channel<
      RunnerRequests,
      Record<string, never>,
      Record<string, never>,
      RunnerEvents
    >(
      socketPort(socket),
      this.handlers(identity),
      {},
      {
        params: runnerParams,
        results: {},
        events: {},
        onInvalid: (problem) => {
          this.events.onLog(`From a window: ${problem}`);
        },
      },
    );
    const client: Client = Object.assign(identity, { channel });
    this.clients.add(client);
    const limit = setTimeout(() => {
      if (!client.greeted) socket.destroy();
    }, greetLimit);
    socket.on('error', () => undefined);
    socket.on('drain', () => {
      tellNews(client);
    });
    socket.on('close', () => {
      clearTimeout(limit);
      channel.close();
      this.clients.delete(client);
      for (const id of client.tied) this.queue.pause(id).catch(() => undefined);
      this.events.onClients();
    });
  }

  private handlers(client: Pick<Client, 'greeted' | 'tied'>): RequestHandlers<RunnerRequests> {
    const { queue } = this;
    const known = <P, R>(answer: (params: P) => R): ((params: P) => R) => {
      return (params) => {
        if (!client.greeted) throw new RunnerRefusal('RUNNER_REFUSED', 'The first request must be hello.');
        return answer(params);
      };
    };
    const done = async (work: Promise<unknown>): Promise<undefined> => {
      await work;
      return undefined;
    };
    return {
      hello: ({ token, version }) => {
        this.check(token);
        const { pid } = process;
        // The client decides what to do about it, and may not know this version's jobs.
        if (version !== runnerProtocolVersion) return { pid, version: runnerProtocolVersion, jobs: [] };
        client.greeted = true;
        this.events.onClients();
        return { pid, version: runnerProtocolVersion, jobs: queue.infos };
      },
      ping: known(() => undefined),
      start: known(async ({ id, tied, ...wish }) => {
        const info = await queue.start(id, wish);
        if (tied === true) client.tied.add(id);
        return info;
      }),
      pause: known(({ id }) => done(queue.pause(id))),
      cancel: known(({ id }) => done(queue.cancel(id))),
      move: known(({ id, before }) => done(queue.move(id, before))),
      remove: known(({ id }) => done(queue.remove(id))),
      reread: known(({ id }) => done(queue.rereadIfIdle(id))),
      unloadTagger: known(() => ({ unloaded: queue.unloadTaggers() })),
      retire: ({ token }) => {
        this.check(token);
        this.events.onRetire();
        return undefined;
      },
    };
  }

  private check(token: string): void {
    const [given, own] = [Buffer.from(token), Buffer.from(this.endpoint.token)];
    if (given.length !== own.length || !timingSafeEqual(given, own)) {
      throw new RunnerRefusal('RUNNER_REFUSED', 'The token is wrong.');
    }
  }

  private schedulePost(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.postEvents();
    }, this.pause);
  }

  private postEvents(): void {
    const jobs = [...this.changed.values()];
    const handled = [...this.handled.values()];
    this.changed.clear();
    this.handled.clear();
    for (const client of this.clients) {
      if (!client.greeted) continue;
      client.news.addHandled(handled);
      client.news.addJobs(jobs);
      tellNews(client);
    }
  }

  private broadcast(post: (channel: ClientChannel) => void): void {
    for (const { channel, greeted } of this.clients) if (greeted) post(channel);
  }
}

/** Sends a client what it does not know yet, unless it still has to read what was sent before. */
function tellNews({ socket, channel, news }: Client): void {
  if (news.isTooMuch) socket.destroy();
  if (socket.writableNeedDrain || socket.destroyed) return;
  const { jobs, handled } = news.take();
  for (const images of handled) channel.tell('handled', images);
  if (jobs.length > 0) channel.tell('jobs', { jobs });
}
