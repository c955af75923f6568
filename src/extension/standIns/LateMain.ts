import type { Main, Part, StartMain } from './Main';

/**
 * The rest of the extension, loaded and started lazily: when it is first used. If that fails, the user is informed, the
 * state is the same as before, and the next use tries again.
 */
export class LateMain implements Part {
  private main: Main | undefined;
  private standIns: Part;

  constructor(
    /** loads the code without starting it */
    private readonly load: () => StartMain,
    /** informs the user and the log that loading or starting failed, and returns the error that callers get */
    private readonly failed: (thrown: unknown) => Error,
    /** registers stand-ins that must be disposed before the start registers the same names: the commands */
    private readonly standIn: (main: LateMain) => Part,
  ) {
    this.standIns = standIn(this);
  }

  get isLoaded(): boolean {
    return this.main !== undefined;
  }

  /** The rest of the extension; loads and starts it if needed. @throws what `failed` returns */
  get(): Main {
    if (this.main !== undefined) return this.main;
    try {
      return (this.main = this.start(this.load()));
    } catch (thrown) {
      throw this.failed(thrown);
    }
  }

  /** Like {@link get}, but resolves when the jobs are known; undefined if it cannot be loaded or started. */
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

  /** Disposes the stand-ins. The started extension is disposed by the caller that started it. */
  dispose(): void {
    this.standIns.dispose();
  }

  private start(start: StartMain): Main {
    const made: Part[] = [];
    this.standIns.dispose();
    try {
      return start(made);
    } catch (thrown) {
      for (const part of made.reverse()) part.dispose();
      this.standIns = this.standIn(this);
      throw thrown;
    }
  }
}
