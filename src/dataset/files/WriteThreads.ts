import { WorkerThread } from '../../base/WorkerThread';
import { InPlaceWriter, type FileWrite, type FileWriter } from './FileWriter';
import { writtenOf, type WriteReply, type WriteRequest } from './writeMessages';

export interface WriteThreadsOptions {
  /** the thread's script, `dist/writeWorker.js` */
  workerFile: string;
  /** the most threads at a time; flushing waits for the disk, so more than two gain little on a local one */
  threads?: number;
  /** how long a thread without work stays, in milliseconds */
  idle?: number;
}

/** Files in one message: enough that messages cost nothing, few enough that progress is smooth. */
const filesPerMessage = 32;
/** Messages that a thread has at a time: one to work on and one that waits. */
const messagesPerThread = 2;

interface Job {
  write: FileWrite;
  /** threads that died while they had this job */
  lost: number;
  resolve: (written: string | null) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: WorkerThread<WriteRequest, WriteReply>;
  /** it has written something */
  works: boolean;
  messages: Job[][];
  idle: NodeJS.Timeout | undefined;
}

/**
 * Writes caption files in threads, which is much faster than with promises and keeps the caller's thread free. Threads
 * come with the work and go when there is none. When a thread dies, its files are written by another one; where threads
 * cannot be started, on the caller's own: saving must be possible as long as the disk is.
 */
export class WriteThreads implements FileWriter {
  private readonly options: Required<WriteThreadsOptions>;
  private readonly threads = new Set<Thread>();
  private readonly inPlace = new InPlaceWriter();
  private waiting: Job[] = [];
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
    this.waiting.push(job);
    if (this.flushing) return;
    this.flushing = true;
    // What is asked for in the same turn goes together.
    setImmediate(() => {
      this.flushing = false;
      this.assign();
    });
  }

  private assign(): void {
    while (this.waiting.length > 0) {
      const thread = this.freeThread();
      if (thread === undefined) return;
      // Not all to the first thread when there are few.
      const share = Math.ceil(this.waiting.length / this.options.threads);
      this.send(thread, this.waiting.splice(0, Math.min(Math.max(share, 4), filesPerMessage)));
    }
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
        this.lose(thread);
      },
    });
    const thread: Thread = { worker, works: false, messages: [], idle: undefined };
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
    if (thread.messages.length === 0) this.rest(thread);
  }

  private rest(thread: Thread): void {
    thread.worker.holdProcess(false);
    thread.idle = setTimeout(() => {
      this.threads.delete(thread);
      void thread.worker.retire();
    }, this.options.idle);
    thread.idle.unref();
  }

  private lose(thread: Thread): void {
    this.threads.delete(thread);
    clearTimeout(thread.idle);
    if (!thread.works) this.cannotStart = true;
    const jobs = [...thread.messages.flat(), ...(this.cannotStart ? this.waiting.splice(0) : [])];
    thread.messages = [];
    for (const job of jobs) {
      job.lost++;
      // A file that was written already is found to hold its content.
      if (!this.cannotStart && job.lost < 2) this.enqueue(job);
      else this.inPlace.write(job.write).then(job.resolve, job.reject);
    }
  }
}
