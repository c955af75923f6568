import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * The longest time that some work keeps the event loop waiting, in milliseconds. On a machine that does other things too
 * one run says little: the best of some is what the work itself needs.
 * @param enough no more runs after one that waited less than this, in milliseconds
 */
export async function longestBlock(work: () => Promise<unknown>, enough: number, runs = 8): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < runs && best >= enough; run++) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await work();
    delay.disable();
    best = Math.min(best, delay.max / 1e6);
  }
  return best;
}
