import { SerialQueue } from './SerialQueue';

/**
 * A {@link SerialQueue} for each key: tasks of the same key run one after another, tasks of different keys
 * concurrently.
 */
export class KeyedQueue<Key> {
  /** only keys with unfinished tasks */
  private readonly queues = new Map<Key, SerialQueue>();

  /** Whether a task of this key is running or waiting. */
  isBusy(key: Key): boolean {
    return this.queues.has(key);
  }

  /** Runs a task after all earlier tasks of the same key; see {@link SerialQueue.run}. */
  run<T>(key: Key, task: () => Promise<T> | T): Promise<T> {
    const queue = this.queues.get(key) ?? new SerialQueue();
    this.queues.set(key, queue);
    const result = queue.run(task);
    const forget = (): void => {
      if (queue.isIdle) this.queues.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}
