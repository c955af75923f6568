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
  /** pixels that are decoded at a time in all threads together; a larger picture is decoded alone */
  pixelBudget?: number;
  /** the thread's script, `dist/preprocessWorker.js` */
  workerFile?: string;
}

/** Some 400 MB of RGB. */
const defaultPixelBudget = 128e6;

/**
 * Jobs in flight per thread. The main thread is blocked for seconds while a model runs, and a thread must not wait for
 * it to get its next image.
 */
const jobsPerThread = 4;

/** Threads beside one per core: they keep the cores busy while others wait for the disk or for the decoder. */
const spareThreads = 2;

interface Job {
  imagePath: string;
  input: PreparedInput;
  /** the caller still wants it */
  wanted: boolean;
  /** where a thread has it */
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
 * Threads that turn image files into what models take. Each works on one image at a time; images are begun in the order
 * in which they were asked for, and memory is bounded by the pixels in work. A thread is started when there is work for
 * it, and a pool without work does not keep the process alive.
 */
export class PreprocessPool {
  readonly threads: number;
  private readonly workerFile: string;
  private readonly budget: SharedArrayBuffer;
  private readonly claims: Int32Array<SharedArrayBuffer>;
  private readonly freePlaces: number[];
  private readonly running: (Thread | undefined)[];
  private readonly waiting: Job[] = [];
  /** of inputs that are not needed any more */
  private readonly spare: ArrayBuffer[] = [];
  private nextId = 1;
  private closed = false;

  /** @param threads 0 for some more than there are cores */
  constructor(threads: number, { pixelBudget = defaultPixelBudget, workerFile }: PreprocessPoolOptions = {}) {
    this.threads = threads > 0 ? Math.floor(threads) : availableCores() + spareThreads;
    this.workerFile = workerFile ?? path.join(__dirname, 'preprocessWorker.js');
    this.budget = PixelBudget.createMemory(pixelBudget, this.threads);
    const places = this.threads * jobsPerThread;
    this.claims = new Int32Array(new SharedArrayBuffer(places * 4));
    this.freePlaces = Array.from({ length: places }, (_, place) => place);
    this.running = Array.from({ length: this.threads }, () => undefined);
  }

  /** The most pixels that were in work at any time. */
  get highestPixelsInWork(): number {
    return new PixelBudget(this.budget, 0).highest;
  }

  /**
   * Decodes an image and makes it what a model takes; images wait in the order asked.
   * @param signal aborting it rejects with its reason; an image that has not been begun is dropped
   * @returns BGR, `size` x `size` x 3 floats, 0..255, NHWC or NCHW
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
   * Returns the buffer of an input whose values are no longer needed, to be reused for another image: allocating one
   * per image would keep the garbage collector busy on every core.
   */
  recycle({ buffer }: Float32Array<ArrayBuffer>): void {
    if (this.spare.length < this.claims.length) this.spare.push(buffer);
  }

  /** Ends the threads, whatever they do; images in work are rejected with PreprocessError. */
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

  /** Gives waiting jobs to the threads that have the fewest. */
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
      const memory = this.takeMemory(inputBytes(input.size));
      thread.worker.post({ id, claim: place, imagePath, input, memory }, memory === undefined ? [] : [memory]);
    }
  }

  /** Memory of an input with so many bytes; models of another size make what is there useless. */
  private takeMemory(bytes: number): ArrayBuffer | undefined {
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
        // One that idles is better than a new one.
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
        this.lose(thread, cause, exitCode);
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

  /** A thread that ended by itself: its images fail, another one takes its place when there is work. */
  private lose(thread: Thread, cause: unknown, code: number): void {
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
