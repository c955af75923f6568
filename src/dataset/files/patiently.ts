import { errno } from '../../base/errno';

/** Pauses before the attempts after the first, in milliseconds: 5 seconds in all. */
const pauses = [10, 20, 50, 100, 200, 400, 720, 1500, 2000];
/** What Windows says of a file that another program has open at the moment. */
const inUse: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/**
 * Calls what gives a file its name or removes it. On Windows that fails while a virus scanner, an indexer or a program
 * that synchronizes folders has the file open, for moments after each write: it is tried again for 5 seconds. Blocks
 * the thread meanwhile.
 * @throws the error of the last attempt
 */
export function patiently<Paths extends string[]>(call: (...paths: Paths) => void, ...paths: Paths): void {
  for (let failures = 0; ; failures++) {
    try {
      call(...paths);
      return;
    } catch (thrown) {
      const pause = pauses[failures];
      if (process.platform !== 'win32' || pause === undefined || !inUse.has(errno(thrown) ?? '')) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
