/** The command cannot do anything: a wrong argument, a folder or model that is not there. The program ends with 1. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
