import { ownTime } from './ownTime';

/** The most that others may have to wait for one thing that a window does, in milliseconds. */
export const mostBlocked = 50;

/**
 * The longest time that some work keeps the event loop waiting, in milliseconds of the processor's time: the best of some
 * runs, because a collection of garbage of what was before comes when it comes.
 * @param enough no more runs after one that waited less than this, in milliseconds
 */
export async function longestBlock(work: () => Promise<unknown>, enough = mostBlocked, runs = 8): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < runs && best >= enough; run++) {
    let longest = 0;
    let last = ownTime();
    const look = (): void => {
      const now = ownTime();
      longest = Math.max(longest, now - last);
      last = now;
    };
    const timer = setInterval(look, 1);
    await work();
    clearInterval(timer);
    look();
    best = Math.min(best, longest);
  }
  if (process.env.SHOW_TIMES !== undefined) console.log(`      longest block ${best.toFixed(1)} ms`);
  return best;
}
