import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Less than this may wait for V8's own collection, which knows nothing of memory outside its heap that is due. */
const worthCollecting = 64 * 1024 * 1024;

/** The pixels of a picture that is done are young garbage; after so much of it, what is left of them is looked for, too. */
const worthCollectingAll = 512 * 1024 * 1024;

/** The memory of a larger picture does not count as young, and finding it costs little beside decoding it. */
const largePicture = 32 * 1024 * 1024;

type Collect = (options?: { type: 'minor' }) => void;

let collect: Collect | undefined;
let unused = 0;
let unusedSinceAll = 0;

/**
 * Gives the memory of pixels back that nothing refers to any more. Collecting the young part of a thread's heap takes a
 * fraction of a millisecond, and saves the memory of many pictures.
 * @param bytes so many were used since the last call
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
