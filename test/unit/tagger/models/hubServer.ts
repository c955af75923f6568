import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../shared/testFolder';

/** What a test makes a server do with one request instead of serving the file. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A request that a server got. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** A server that remembers what it was asked and how many bytes of bodies it sent. */
export class RecordingServer {
  readonly seen: SeenRequest[] = [];
  bodyBytes = 0;
  private readonly server: Server;

  constructor(
    private readonly hostname: string,
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ) {
    this.server = createServer((request, response) => {
      this.seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
      answer(request, response);
    });
  }

  get origin(): string {
    return `http://${this.hostname}:${(this.server.address() as AddressInfo).port}`;
  }

  get gets(): SeenRequest[] {
    return this.seen.filter(({ method }) => method === 'GET');
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A file of the hub. */
interface HubFile {
  content: Buffer;
  /** large files are on the other server and have a SHA-256 */
  isLarge: boolean;
}

const commit = '0123456789abcdef0123456789abcdef01234567';

/**
 * The Hugging Face hub on this machine: `/{owner}/{repo}/resolve/{revision}/{file}` answers HEAD and GET as the hub
 * does, with X-Repo-Commit; large files with X-Linked-Etag, X-Linked-Size and a redirect to a signed address on a
 * second host (`localhost`, the hub being `127.0.0.1`), which serves ranges.
 */
export class HubServer {
  readonly hub = new RecordingServer('127.0.0.1', (request, response) => {
    this.answerAsHub(request, response);
  });
  readonly storage = new RecordingServer('localhost', (request, response) => {
    this.answerAsStorage(request, response);
  });
  /** by path, such as `/owner/repo/resolve/main/model.onnx` */
  private readonly files = new Map<string, HubFile>();
  private readonly hubBehaviours: Behaviour[] = [];
  private readonly storageBehaviours: Behaviour[] = [];

  async start(): Promise<void> {
    await Promise.all([this.hub.start(), this.storage.start()]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.hub.stop(), this.storage.stop()]);
  }

  /** Puts a file on the hub; returns its address. */
  add(path: string, content: Uint8Array, kind: 'large' | 'small' = 'large'): string {
    this.files.set(path, { content: Buffer.from(content), isLarge: kind === 'large' });
    return this.hub.origin + path;
  }

  /** What the hub does with its next GET requests, one each. */
  nextOnHub(...behaviours: Behaviour[]): void {
    this.hubBehaviours.push(...behaviours);
  }

  /** What the storage does with its next requests, one each. */
  nextOnStorage(...behaviours: Behaviour[]): void {
    this.storageBehaviours.push(...behaviours);
  }

  /**
   * Sends the beginning of what was asked for, up to a byte of the file, and breaks the connection when the client has
   * all of that beside its target: what it has not read by then would be lost to it, and the tests count bytes.
   */
  cutAt(position: number, target: string): Behaviour {
    const held = async (): Promise<number> => (await stat(`${target}.partial`).catch(() => undefined))?.size ?? 0;
    const received = (): Promise<void> =>
      until(async () => (await held()) >= position, `the client has ${position} bytes`);
    return (request, response) => {
      this.serve(request, response, { until: position, received });
    };
  }

  /** Sends the whole file with 200, as servers that know no ranges do. */
  withoutRanges(): Behaviour {
    return (request, response) => {
      this.serve(request, response, { noRange: true });
    };
  }

  /** Sends the range that was asked for, but with status 200, as ModelScope does. */
  rangeWith200(): Behaviour {
    return (request, response) => {
      this.serve(request, response, { status: 200 });
    };
  }

  private answerAsHub(request: IncomingMessage, response: ServerResponse): void {
    const behaviour = request.method === 'GET' ? this.hubBehaviours.shift() : undefined;
    if (behaviour !== undefined) {
      behaviour(request, response);
      return;
    }
    const file = this.files.get(request.url ?? '');
    if (file === undefined) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end('Entry not found');
      return;
    }
    response.setHeader('x-repo-commit', commit);
    if (!file.isLarge) {
      this.serve(request, response, {});
      return;
    }
    response.setHeader('x-linked-etag', `"${sha256(file.content)}"`);
    response.setHeader('x-linked-size', file.content.length);
    response.setHeader('location', `${this.storage.origin}${request.url ?? ''}?signature=secret`);
    response.writeHead(302).end();
  }

  private answerAsStorage(request: IncomingMessage, response: ServerResponse): void {
    const behaviour = this.storageBehaviours.shift();
    if (behaviour !== undefined) behaviour(request, response);
    else this.serve(request, response, {});
  }

  private serve(
    request: IncomingMessage,
    response: ServerResponse,
    options: { until?: number; received?: () => Promise<unknown>; noRange?: boolean; status?: number },
  ): void {
    const file = this.files.get((request.url ?? '').replace(/\?.*/, ''));
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { content } = file;
    const etag = etagOf(file);
    response.setHeader('etag', etag);
    response.setHeader('accept-ranges', 'bytes');
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const condition = request.headers['if-range'];
    const useRange = asked !== null && options.noRange !== true && (condition === undefined || condition === etag);
    const start = useRange ? Number(asked[1]) : 0;
    if (useRange && start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    if (useRange) response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
    response.setHeader('content-length', content.length - start);
    response.writeHead(options.status ?? (useRange ? 206 : 200));
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const body = content.subarray(start, options.until);
    (file.isLarge ? this.storage : this.hub).bodyBytes += body.length;
    if (options.until === undefined) response.end(body);
    else response.write(body, () => void options.received?.().finally(() => response.destroy()));
  }
}

/** Git's hash of a small file, as the hub has it; something else on the storage. */
function etagOf({ content, isLarge }: HubFile): string {
  if (isLarge) return `"storage-${sha256(content).slice(0, 16)}"`;
  return `"${createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')}"`;
}

/** Answers with a status and no file. */
export function answer(status: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
}

/** The SHA-256 of some bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
