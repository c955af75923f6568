import path from 'node:path';
import { WorkerThread } from '../../base/WorkerThread';
import { InPlaceWriter, type FileWrite, type FileWriter } from './FileWriter';
import { writtenOf, type WriteReply, type WriteRequest } from './writeMessages';

export interface WriteThreadsOptions {
  /** the thread's script, `dist/writeWorker.js` */
  workerFile: string;
  /** maximum number of threads; flushing waits for the disk, so on a local disk more than two gain little */
  threads?: number;
  /** how long an idle thread is kept, in milliseconds */
  idle?: number;
}

/**
 * Maximum number of files per message: enough to make the cost of messages negligible, few enough for smooth progress.
 */
const filesPerMessage = 32;
/** Maximum number of messages in flight per thread: one that it works on and one that waits. */
const messagesPerThread = 2;

interface Job {
  write: FileWrite;
  /** number of threads that crashed while they had this job */
  lost: number;
  resolve: (written: string | null) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: WorkerThread<WriteRequest, WriteReply>;
  /** whether the thread has ever replied; if not, threads cannot be started */
  works: boolean;
  messages: Job[][];
  /** the folder of the last file that it was given */
  folder: string | undefined;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Writes caption files in worker threads, which is much faster than asynchronous calls and does not block the caller's
 * thread. Threads are started on demand and retired when idle. If a thread crashes, another thread writes its files; if
 * threads cannot be started, the caller's thread does: saving must be possible as long as the disk works.
 */
export class WriteThreads implements FileWriter {
  private readonly options: Required<WriteThreadsOptions>;
  private readonly threads = new Set<Thread>();
  private readonly inPlace = new InPlaceWriter();
  /** by folder, in the order in which the folders were first needed */
  private readonly waiting = new Map<string, Job[]>();
  private waitingCount = 0;
  private flushing = false;
  private cannotStart = false;

  constructor(options: WriteThreadsOptions) {
    this.options = { threads: 4, idle: 10_000, ...options };
  }

  write(write: FileWrite): Promise<string | null> {
    if (this.cannotStart) return this.inPlace.write(write);
    return new Promise((resolve, reject) => {
      this.enqueue({ write, lost: 0, resolve, reject });
    });
  }

  private enqueue(job: Job): void {
    const folder = path.dirname(job.write.file);
    const others = this.waiting.get(folder);
    if (others === undefined) this.waiting.set(folder, [job]);
    else others.push(job);
    this.waitingCount++;
    if (this.flushing) return;
    this.flushing = true;
    // Batch all files that are submitted in the same turn of the event loop.
    setImmediate(() => {
      this.flushing = false;
      this.assign();
    });
  }

  private assign(): void {
    while (this.waitingCount > 0) {
      const thread = this.freeThread();
      if (thread === undefined) return;
      // Spread a few files over the threads instead of sending all to the first.
      const share = Math.ceil(this.waitingCount / this.options.threads);
      const count = Math.min(Math.max(share, 4), filesPerMessage);
      const jobs: Job[] = [];
      while (jobs.length < count && this.waitingCount > 0) {
        thread.folder = this.folderFor(thread);
        jobs.push(...this.take(thread.folder, count - jobs.length));
      }
      this.send(thread, jobs);
    }
  }

  /**
   * The folder whose files a thread writes next: what it asked about its folder need not be asked again, nor by another
   * thread.
   */
  private folderFor(thread: Thread): string {
    if (thread.folder !== undefined && this.waiting.has(thread.folder)) return thread.folder;
    const busy = new Set([...this.threads].filter(({ messages }) => messages.length > 0).map(({ folder }) => folder));
    let first: string | undefined;
    for (const folder of this.waiting.keys()) {
      if (!busy.has(folder)) return folder;
      first ??= folder;
    }
    return first ?? '';
  }

  private take(folder: string, count: number): Job[] {
    const jobs = this.waiting.get(folder) ?? [];
    const taken = jobs.splice(0, count);
    this.waitingCount -= taken.length;
    if (jobs.length === 0) this.waiting.delete(folder);
    return taken;
  }

  private freeThread(): Thread | undefined {
    let best: Thread | undefined;
    for (const thread of this.threads) {
      if (best === undefined || thread.messages.length < best.messages.length) best = thread;
    }
    if (best === undefined || (best.messages.length > 0 && this.threads.size < this.options.threads)) {
      return this.start();
    }
    return best.messages.length < messagesPerThread ? best : undefined;
  }

  private start(): Thread {
    const worker = new WorkerThread<WriteRequest, WriteReply>({
      file: this.options.workerFile,
      onReply: (reply) => {
        this.finish(thread, reply);
      },
      onLost: () => {
        this.handleCrash(thread);
      },
    });
    const thread: Thread = { worker, works: false, messages: [], folder: undefined, idle: undefined };
    this.threads.add(thread);
    return thread;
  }

  private send(thread: Thread, jobs: Job[]): void {
    clearTimeout(thread.idle);
    thread.messages.push(jobs);
    thread.worker.holdProcess(true);
    thread.worker.post(jobs.map(({ write }) => write));
  }

  private finish(thread: Thread, reply: WriteReply): void {
    thread.works = true;
    const jobs = thread.messages.shift() ?? [];
    for (const [index, job] of jobs.entries()) {
      const written = reply[index];
      if (written === undefined) continue;
      try {
        job.resolve(writtenOf(written));
      } catch (thrown) {
        job.reject(thrown);
      }
    }
    this.assign();
    if (thread.messages.length === 0) this.retireWhenIdle(thread);
  }

  private retireWhenIdle(thread: Thread): void {
    thread.worker.holdProcess(false);
    thread.idle = setTimeout(() => {
      this.threads.delete(thread);
      void thread.worker.retire();
    }, this.options.idle);
    thread.idle.unref();
  }

  private handleCrash(thread: Thread): void {
    this.threads.delete(thread);
    clearTimeout(thread.idle);
    if (!thread.works) this.cannotStart = true;
    const jobs = thread.messages.flat();
    if (this.cannotStart) {
      for (const folder of [...this.waiting.keys()]) jobs.push(...this.take(folder, Infinity));
    }
    thread.messages = [];
    for (const job of jobs) {
      job.lost++;
      // A retry is idempotent: a file that was written already is found to hold its content.
      if (!this.cannotStart && job.lost < 2) this.enqueue(job);
      else this.inPlace.write(job.write).then(job.resolve, job.reject);
    }
  }
}
