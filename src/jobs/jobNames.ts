/** The file in a job's folder that holds its state: status, counts, position in the queue. */
export const stateFile = 'state.json';

/**
 * Whether a folder is named like a job: the time it was made (`20260131T235959`), `-`, and 8 random hexadecimal digits.
 */
export function isJobName(name: string): boolean {
  return /^\d{8}T\d{6}-[0-9a-f]{8}$/.test(name);
}
