import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Fewer bytes than this can wait for V8's own garbage collection, which does not count memory outside of its heap. */
const worthCollecting = 64 * 1024 * 1024;

/** After this many bytes the whole heap is collected: some pixels survive the collections of the young generation. */
const worthCollectingAll = 512 * 1024 * 1024;

/**
 * The memory of a picture with more bytes is not in the young generation, and a full collection costs little beside
 * decoding it.
 */
const largePicture = 32 * 1024 * 1024;

type Collect = (options?: { type: 'minor' }) => void;

let collect: Collect | undefined;
let unused = 0;
let unusedSinceAll = 0;

/**
 * Runs V8's garbage collector to free the memory of pixels that nothing refers to any more. A collection of a thread's
 * young generation takes a fraction of a millisecond and frees the memory of many pictures.
 * @param bytes how many bytes of pixels were used since the last call
 */
export async function freePixels(bytes: number): Promise<void> {
  unused += bytes;
  if (unused < worthCollecting && bytes < largePicture) return;
  unusedSinceAll += unused;
  unused = 0;
  const all = bytes >= largePicture || unusedSinceAll >= worthCollectingAll;
  if (all) unusedSinceAll = 0;
  collect ??= exposeCollector();
  if (all) collect();
  else collect({ type: 'minor' });
  // Node frees the memory of native packages in the next turn of the thread's loop.
  await setImmediate();
}

/** V8's collector as a function; `--expose-gc` would have to be given to the whole process when it starts. */
function exposeCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
