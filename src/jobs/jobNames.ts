/** The file of a job that says where it is. */
export const stateFile = 'state.json';

/** Whether a folder has the name of a job: its time, and what makes it unique. */
export function isJobName(name: string): boolean {
  return /^\d{8}T\d{6}-[0-9a-f]{8}$/.test(name);
}
