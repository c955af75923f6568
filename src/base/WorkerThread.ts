import { Worker, type Transferable } from 'node:worker_threads';

export interface WorkerThreadOptions<Reply> {
  /** absolute path of the thread's script */
  file: string;
  workerData?: unknown;
  onReply: (reply: Reply) => void;
  /** called once when the thread ended by itself, with its exit code and what it threw, if anything */
  onLost: (exitCode: number, cause: unknown) => void;
}

/**
 * A thread of a pool: it answers messages until it is retired or crashes. What it is given when is the pool's affair.
 */
export class WorkerThread<Request, Reply> {
  private readonly worker: Worker;
  private isRetired = false;

  /** Starts the thread. One that cannot be started is lost a moment later. */
  constructor({ file, workerData, onReply, onLost }: WorkerThreadOptions<Reply>) {
    // Flags of this process, such as a debugger's, are not for its threads.
    this.worker = new Worker(file, { workerData, execArgv: [] });
    this.worker.on('message', onReply);
    let cause: unknown;
    // 'exit' follows.
    this.worker.on('error', (error) => {
      cause = error;
    });
    this.worker.on('exit', (exitCode) => {
      if (!this.isRetired) onLost(exitCode, cause);
    });
  }

  /** @param transfer memory that moves to the thread: it cannot be used here any more */
  post(request: Request, transfer: readonly ArrayBufferLike[] = []): void {
    this.worker.postMessage(request, transfer as Transferable[]);
  }

  /** Whether the process stays alive for this thread; a new one has it so. */
  holdProcess(hold: boolean): void {
    if (hold) this.worker.ref();
    else this.worker.unref();
  }

  /** Ends the thread, whatever it does; then it does not count as lost. */
  async retire(): Promise<void> {
    this.isRetired = true;
    await this.worker.terminate();
  }
}
