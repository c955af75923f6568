import { Worker, type Transferable } from 'node:worker_threads';

export interface WorkerThreadOptions<Reply> {
  /** absolute path of the thread's script */
  file: string;
  workerData?: unknown;
  onReply: (reply: Reply) => void;
  /** called once if the thread exits without being retired, with its exit code and the error that it threw, if any */
  onLost: (exitCode: number, cause: unknown) => void;
}

/**
 * A worker thread of a pool: it answers messages until it is retired or crashes. The pool decides which messages it
 * gets.
 */
export class WorkerThread<Request, Reply> {
  private readonly worker: Worker;
  private isRetired = false;

  /** Starts the thread. If it cannot be started, `onLost` is called a moment later. */
  constructor({ file, workerData, onReply, onLost }: WorkerThreadOptions<Reply>) {
    // Threads must not inherit flags of this process, such as a debugger's.
    this.worker = new Worker(file, { workerData, execArgv: [] });
    this.worker.on('message', onReply);
    let cause: unknown;
    // An 'exit' event follows, which reports the cause.
    this.worker.on('error', (error) => {
      cause = error;
    });
    this.worker.on('exit', (exitCode) => {
      if (!this.isRetired) onLost(exitCode, cause);
    });
  }

  /** Sends a message to the thread. @param transfer buffers that move to the thread and cannot be used here any more */
  post(request: Request, transfer: readonly ArrayBufferLike[] = []): void {
    this.worker.postMessage(request, transfer as Transferable[]);
  }

  /** Sets whether the thread keeps the process alive, as a new thread does. */
  holdProcess(hold: boolean): void {
    if (hold) this.worker.ref();
    else this.worker.unref();
  }

  /** Terminates the thread at once, even while it works; `onLost` is not called. */
  async retire(): Promise<void> {
    this.isRetired = true;
    await this.worker.terminate();
  }
}
