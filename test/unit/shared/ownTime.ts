import { readFileSync } from 'node:fs';

/**
 * The processor time that the main thread of this process has used, in milliseconds, to some milliseconds. On a machine that
 * does other things too, what a clock measures is theirs as well. Where the system does not tell it, the clock it is.
 * Source: /proc/[pid]/schedstat, first number, in nanoseconds (https://docs.kernel.org/scheduler/sched-stats.html).
 */
export function ownTime(): number {
  if (!tellsTime) return performance.now();
  return Number.parseInt(readFileSync(file, 'latin1'), 10) / 1e6;
}

const file = `/proc/self/task/${process.pid}/schedstat`;
const tellsTime = ((): boolean => {
  try {
    return Number.parseInt(readFileSync(file, 'latin1'), 10) > 0;
  } catch {
    return false;
  }
})();
