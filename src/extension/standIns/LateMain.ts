import type { Main } from '../main';

/** The rest of the extension, loaded when it is first used. Where that fails the user is told, and the next use tries again. */
export class LateMain {
  private main: Main | undefined;

  constructor(
    private readonly load: () => Main,
    /** tells the user and the log why it cannot be loaded, and returns what whoever needs it gets thrown */
    private readonly failed: (thrown: unknown) => Error,
  ) {}

  get isLoaded(): boolean {
    return this.main !== undefined;
  }

  /** The rest of the extension. @throws what `failed` returns */
  get(): Main {
    if (this.main !== undefined) return this.main;
    try {
      return (this.main = this.load());
    } catch (thrown) {
      throw this.failed(thrown);
    }
  }

  /** The rest of the extension when it knows the jobs; undefined where it cannot be loaded. */
  async ready(): Promise<Main | undefined> {
    let main: Main;
    try {
      main = this.get();
    } catch {
      return undefined;
    }
    await main.jobsRead;
    return main;
  }
}
