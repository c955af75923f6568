import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Less than this may wait for V8's own collection, which knows nothing of memory outside its heap that is due. */
const worthCollecting = 64 * 1024 * 1024;

let collect: (() => void) | undefined;
let unused = 0;

/**
 * Gives the memory of pixels back that nothing refers to any more. The heap of a thread that only prepares images is
 * small: collecting it takes a few milliseconds, and saves the memory of a picture or two.
 * @param bytes so many were used since the last call
 */
export async function freePixels(bytes: number): Promise<void> {
  unused += bytes;
  if (unused < worthCollecting) return;
  unused = 0;
  collect ??= exposeCollector();
  collect();
  // Node frees the memory of native packages in the next turn of the thread's loop.
  await setImmediate();
}

/** V8's collector as a function; `--expose-gc` would have to be given to the whole process when it starts. */
function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
