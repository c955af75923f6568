/** Why the runner does not do what it was asked. */
export class RunnerRefusal extends Error {
  constructor(
    readonly code: 'RUNNER_REFUSED' | 'RUNNER_VERSION' | 'JOB_MISSING' | 'JOB_RUNNING',
    message: string,
  ) {
    super(message);
    this.name = 'RunnerRefusal';
  }
}
