import { SerialQueue } from './SerialQueue';

/**
 * A {@link SerialQueue} for each key: tasks of one key run one after the other, those of different keys side by side.
 */
export class KeyedQueue<Key> {
  /** only keys with tasks that have not ended */
  private readonly queues = new Map<Key, SerialQueue>();

  /** Whether a task of this key runs or waits. */
  isBusy(key: Key): boolean {
    return this.queues.has(key);
  }

  /** As {@link SerialQueue.run}, after the tasks of the same key. */
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
