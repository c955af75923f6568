import { getPriority, setPriority } from 'node:os';

/**
 * Lowers the priority of a process so that it gives way to others; on Linux that of one thread, if `pid` is its
 * identifier or 0 for the thread that calls. Who gives way that far already stays as nice as it is: only an
 * administrator may raise a priority again.
 * @param niceness as of the system's `nice`, 1..19
 */
export function giveWay(pid: number, niceness: number): void {
  try {
    if (getPriority(pid) < niceness) setPriority(pid, niceness);
  } catch {
    // It has ended already, or the system does not allow it: a priority is no reason to fail.
  }
}
