import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { WorkerThread } from '../../base/WorkerThread';
import { CaptionError } from '../files/CaptionError';
import type { ScanRest } from './scanDataset';
import type {
  CaptionsRead,
  ExactRead,
  FactsRead,
  ReadCaptions,
  ReadExact,
  ReadFacts,
  ScanBatch,
  ScanReply,
  ScanRequest,
  ScanWorkerData,
} from './scanMessages';

/** Maximum number of threads; more would only queue at the disk. */
const maxThreads = 4;

interface Request {
  onBatch?: (batch: ScanBatch) => void;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: WorkerThread<ScanRequest, ScanReply>;
  requests: Map<number, Request>;
  /** id of the scan request, which keeps the thread busy until all images are found */
  scan: number | undefined;
}

/**
 * A pool of worker threads that read a folder. Synchronous reads in threads were measured to be several times as fast
 * as asynchronous calls, and the caller's event loop stays free. The pool is made for one piece of work and lives until
 * {@link close}.
 */
export class ScanThreads {
  /** maximum number of threads; each is started when there is work for it */
  readonly count: number;
  private readonly threads: Thread[] = [];
  private nextId = 1;
  private failure: unknown;
  private readonly onAbort = (): void => {
    this.fail(this.signal?.reason);
  };

  /**
   * @param count of threads, capped; 0 for the number of cores, at least 2
   * @param signal aborting it ends the threads; pending requests reject with its reason
   */
  constructor(
    private readonly data: ScanWorkerData,
    private readonly signal: AbortSignal | undefined,
    count = 0,
  ) {
    this.count = Math.min(maxThreads, count > 0 ? count : Math.max(2, availableParallelism()));
    signal?.addEventListener('abort', this.onAbort);
    if (signal?.aborted === true) this.onAbort();
  }

  /**
   * Finds the images of the folder.
   * @param onBatch called with images in natural order; those of linked folders come last
   * @throws CaptionError when the folder cannot be read
   */
  scan(onBatch: (batch: ScanBatch) => void): Promise<ScanRest> {
    return this.ask<ScanRest>((id) => ({ id, task: 'scan' }), [], onBatch);
  }

  /** Reads captions, in the least busy thread. */
  readCaptions(request: ReadCaptions): Promise<CaptionsRead> {
    const transfer = [request.wanted.buffer, ...(request.known === undefined ? [] : [request.known.buffer])];
    return this.ask((id) => ({ id, task: 'read', ...request }), transfer);
  }

  /** Reads the exact bytes of captions, in the least busy thread. */
  readExact(request: ReadExact): Promise<ExactRead> {
    return this.ask((id) => ({ id, task: 'exact', ...request }), [request.wanted.buffer, request.known.buffer]);
  }

  /** Reads facts of image files, in the least busy thread. */
  readFacts(request: ReadFacts): Promise<FactsRead> {
    return this.ask((id) => ({ id, task: 'facts', ...request }), []);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.signal?.removeEventListener('abort', this.onAbort);
    this.failure ??= new CaptionError('SCAN_STOPPED', l10n.t('Reading the folder was ended.'), this.data.folder);
    await Promise.all(this.threads.map(({ worker }) => worker.retire()));
  }

  private start(): Thread {
    const worker = new WorkerThread<ScanRequest, ScanReply>({
      file: path.join(__dirname, 'scanWorker.js'),
      workerData: this.data,
      onReply: (reply) => {
        this.settle(thread, reply);
      },
      onLost: (_, cause) => {
        const message = l10n.t('Reading the folder stopped unexpectedly. Refresh the dataset to try again.');
        this.fail(new CaptionError('SCAN_STOPPED', message, this.data.folder, cause));
      },
    });
    const thread: Thread = { worker, requests: new Map(), scan: undefined };
    this.threads.push(thread);
    return thread;
  }

  private ask<Result>(
    request: (id: number) => ScanRequest,
    transfer: ArrayBufferLike[],
    onBatch?: (batch: ScanBatch) => void,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(asError(this.failure));
        return;
      }
      const id = this.nextId++;
      const thread = this.idlest();
      if (onBatch !== undefined) thread.scan = id;
      thread.requests.set(id, { resolve, reject, ...(onBatch === undefined ? {} : { onBatch }) });
      thread.worker.post(request(id), transfer);
    });
  }

  private settle(thread: Thread, reply: ScanReply): void {
    const request = thread.requests.get(reply.id);
    if (request === undefined || this.failure !== undefined) return;
    if ('batch' in reply) {
      request.onBatch?.(reply.batch);
      return;
    }
    thread.requests.delete(reply.id);
    if (thread.scan === reply.id) thread.scan = undefined;
    if ('result' in reply) request.resolve(reply.result as never);
    else request.reject(new CaptionError(reply.failure.code, reply.failure.message, reply.failure.path));
  }

  private idlest(): Thread {
    const free = this.threads
      .filter(({ scan }) => scan === undefined)
      .sort((a, b) => a.requests.size - b.requests.size);
    const [first] = free.length > 0 ? free : this.threads;
    const isIdle = first?.requests.size === 0;
    return first === undefined || (!isIdle && this.threads.length < this.count) ? this.start() : first;
  }

  /** Ends the threads; all requests, later ones too, reject with the first reason. */
  private fail(reason: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = reason;
    for (const { requests, worker } of this.threads) {
      for (const { reject } of requests.values()) reject(reason);
      requests.clear();
      void worker.retire();
    }
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
