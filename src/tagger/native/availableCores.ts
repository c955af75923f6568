import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * The number of cores that this process may really use: the CPU affinity, and within a container its CPU quota (cgroup
 * v2 `cpu.max`, `<quota> <period>` in microseconds or `max`), which Node does not look at.
 * @param cpuMaxPath where the quota is read
 * @returns at least 1
 */
export function availableCores(cpuMaxPath = '/sys/fs/cgroup/cpu.max'): number {
  const cores = availableParallelism();
  const [quota, period] = readOrEmpty(cpuMaxPath).trim().split(' ').map(Number);
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return cores;
  return Math.max(1, Math.min(cores, Math.floor(quota / period)));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
