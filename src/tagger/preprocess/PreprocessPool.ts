import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { WorkerThread } from '../../base/WorkerThread';
import { abortReason } from '../../protocol/channel/Channel';
import { errorMessage } from '../../protocol/channel/wireError';
import { availableCores } from '../native/availableCores';
import { inputBytes, type PreparedInput } from './modelInput';
import { PixelBudget } from './PixelBudget';
import {
  claim,
  fromFailure,
  PreprocessError,
  type PreprocessJob,
  type PreprocessReply,
  type PreprocessWorkerData,
} from './preprocessMessages';

export interface PreprocessPoolOptions {
  /** maximum number of pixels that all threads together decode at a time; a larger picture is decoded alone */
  pixelBudget?: number;
  /** path of the worker script, `dist/preprocessWorker.js` */
  workerFile?: string;
}

/** About 400 MB of RGB. */
const defaultPixelBudget = 128e6;

/**
 * Jobs in flight per thread. While a model runs, the main thread is blocked for seconds; queued jobs keep the threads
 * busy meanwhile.
 */
const jobsPerThread = 4;

/** Threads in addition to one per core: they keep the cores busy while others wait for the disk or the decoder. */
const spareThreads = 2;

interface Job {
  imagePath: string;
  input: PreparedInput;
  /** whether the caller still waits for the result */
  wanted: boolean;
  /** index of the job's claim while a thread has it */
  place: number | undefined;
  resolve: (values: Float32Array<ArrayBuffer>) => void;
  reject: (error: Error) => void;
}

interface Thread {
  slot: number;
  worker: WorkerThread<PreprocessJob, PreprocessReply>;
  jobs: Map<number, Job>;
}

/**
 * A pool of threads that turn image files into model inputs. Each thread works on one image at a time. Images are
 * started in the order of the requests, and memory is bounded by the number of pixels in flight. Threads are started on
 * demand, and an idle pool does not keep the process alive.
 */
export class PreprocessPool {
  readonly threads: number;
  private readonly workerFile: string;
  private readonly budget: SharedArrayBuffer;
  private readonly claims: Int32Array<SharedArrayBuffer>;
  private readonly freePlaces: number[];
  private readonly running: (Thread | undefined)[];
  private readonly waiting: Job[] = [];
  /** buffers of inputs that are no longer needed, for reuse */
  private readonly spare: ArrayBuffer[] = [];
  private nextId = 1;
  private closed = false;

  /** @param threads number of threads; 0 chooses slightly more than one per core */
  constructor(threads: number, { pixelBudget = defaultPixelBudget, workerFile }: PreprocessPoolOptions = {}) {
    this.threads = threads > 0 ? Math.floor(threads) : availableCores() + spareThreads;
    this.workerFile = workerFile ?? path.join(__dirname, 'preprocessWorker.js');
    this.budget = PixelBudget.createMemory(pixelBudget, this.threads);
    const places = this.threads * jobsPerThread;
    this.claims = new Int32Array(new SharedArrayBuffer(places * 4));
    this.freePlaces = Array.from({ length: places }, (_, place) => place);
    this.running = Array.from({ length: this.threads }, () => undefined);
  }

  /** Peak number of pixels in flight. */
  get highestPixelsInWork(): number {
    return new PixelBudget(this.budget, 0).highest;
  }

  /**
   * Decodes an image and prepares it as model input; images are queued in the order of the calls.
   * @param signal aborting it rejects the promise with its reason; an image that is not started yet is dropped
   * @returns `size` x `size` x 3 floats, BGR, 0..255, in NHWC or NCHW layout
   * @throws ImageError, NativePackageError, both as `prepareImage`; PreprocessError when the thread dies or the pool is
   *   closed
   */
  prepare(imagePath: string, input: PreparedInput, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(closedError(imagePath));
        return;
      }
      if (signal?.aborted === true) {
        reject(abortReason(signal));
        return;
      }
      const onAbort = (): void => {
        job.reject(abortReason(signal));
        this.drop(job);
      };
      const settle = (): void => {
        job.wanted = false;
        signal?.removeEventListener('abort', onAbort);
      };
      const job: Job = {
        imagePath,
        input,
        wanted: true,
        place: undefined,
        resolve: (values) => {
          settle();
          resolve(values);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(job);
      this.assign();
    });
  }

  /**
   * Accepts the buffer of an input that is no longer needed, for reuse. Allocating a buffer for each image would keep
   * the garbage collector busy on every core.
   */
  recycle({ buffer }: Float32Array<ArrayBuffer>): void {
    if (this.spare.length < this.claims.length) this.spare.push(buffer);
  }

  /** Terminates the threads at once; jobs in flight are rejected with PreprocessError. */
  async close(): Promise<void> {
    this.closed = true;
    for (const job of this.waiting.splice(0)) job.reject(closedError(job.imagePath));
    const threads = this.running.filter((thread) => thread !== undefined);
    this.running.fill(undefined);
    for (const { jobs } of threads) for (const job of jobs.values()) job.reject(closedError(job.imagePath));
    await Promise.all(threads.map(({ worker }) => worker.retire()));
  }

  private drop(job: Job): void {
    const index = this.waiting.indexOf(job);
    if (index >= 0) this.waiting.splice(index, 1);
    if (job.place !== undefined) Atomics.compareExchange(this.claims, job.place, claim.waiting, claim.cancelled);
  }

  /** Assigns waiting jobs to the least busy threads. */
  private assign(): void {
    while (this.waiting.length > 0 && !this.closed) {
      const thread = this.leastBusy();
      if (thread === undefined) return;
      const place = this.freePlaces.pop();
      const job = place === undefined ? undefined : this.waiting.shift();
      if (place === undefined || job === undefined) return;
      const id = this.nextId++;
      Atomics.store(this.claims, place, claim.waiting);
      job.place = place;
      thread.jobs.set(id, job);
      if (thread.jobs.size === 1) thread.worker.holdProcess(true);
      const { imagePath, input } = job;
      const memory = this.reuseMemory(inputBytes(input.size));
      thread.worker.post({ id, claim: place, imagePath, input, memory }, memory === undefined ? [] : [memory]);
    }
  }

  /**
   * A spare buffer of exactly this many bytes. If the model's input size has changed, all spare buffers are dropped.
   */
  private reuseMemory(bytes: number): ArrayBuffer | undefined {
    const memory = this.spare.pop();
    if (memory === undefined || memory.byteLength === bytes) return memory;
    this.spare.length = 0;
    return undefined;
  }

  private leastBusy(): Thread | undefined {
    let best: Thread | undefined;
    for (let slot = 0; slot < this.threads; slot++) {
      const thread = this.running[slot];
      if (thread === undefined) {
        // An idle thread is better than a new one.
        if (best === undefined || best.jobs.size > 0) return this.start(slot);
      } else if (thread.jobs.size < jobsPerThread && (best === undefined || thread.jobs.size < best.jobs.size)) {
        best = thread;
      }
    }
    return best;
  }

  private start(slot: number): Thread {
    const workerData: PreprocessWorkerData = { budget: this.budget, slot, claims: this.claims.buffer };
    const worker = new WorkerThread<PreprocessJob, PreprocessReply>({
      file: this.workerFile,
      workerData,
      onReply: (reply) => {
        this.finish(thread, reply);
      },
      onLost: (exitCode, cause) => {
        this.onThreadDeath(thread, cause, exitCode);
      },
    });
    worker.holdProcess(false);
    const thread: Thread = { slot, worker, jobs: new Map() };
    this.running[slot] = thread;
    return thread;
  }

  private finish(thread: Thread, reply: PreprocessReply): void {
    const job = thread.jobs.get(reply.id);
    if (job === undefined) return;
    thread.jobs.delete(reply.id);
    this.free(job);
    if (job.wanted && reply.kind === 'done') job.resolve(reply.values);
    if (job.wanted && reply.kind === 'failed') job.reject(fromFailure(reply.error));
    this.assign();
    if (thread.jobs.size === 0) thread.worker.holdProcess(false);
  }

  /** Handles a thread that died: its jobs are rejected; a new thread is started when there is work for it. */
  private onThreadDeath(thread: Thread, cause: unknown, code: number): void {
    this.running[thread.slot] = undefined;
    new PixelBudget(this.budget, thread.slot).release();
    const how = cause === undefined ? l10n.t('exit code {0}', code) : errorMessage(cause);
    for (const job of thread.jobs.values()) {
      this.free(job);
      if (!job.wanted) continue;
      const message = l10n.t('The thread that prepared this image ended unexpectedly ({0}).', how);
      job.reject(new PreprocessError(job.imagePath, message, cause));
    }
    thread.jobs.clear();
    this.assign();
  }

  private free(job: Job): void {
    if (job.place !== undefined) this.freePlaces.push(job.place);
    job.place = undefined;
  }
}

function closedError(imagePath: string): PreprocessError {
  return new PreprocessError(imagePath, l10n.t('The threads that prepare images were stopped.'));
}
