import { Worker } from 'node:worker_threads';

/** How often the thread looks, in milliseconds. */
const interval = 500;

/**
 * Ends this process as soon as its parent has ended, even while a run of a model blocks it for minutes: a thread looks,
 * which the run does not block. On Windows, which never changes a process's parent, it does nothing.
 * @param parent its process id; it may have ended already
 */
export function endWithParent(parent: number): void {
  const look = `setInterval(() => { if (process.ppid !== ${parent}) process.kill(process.pid, 'SIGKILL'); }, ${interval})`;
  new Worker(look, { eval: true }).unref();
}
