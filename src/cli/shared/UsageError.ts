/** The command cannot do anything: a wrong argument, or a missing folder or model. The program exits with 1. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
