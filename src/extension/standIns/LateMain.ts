import type { Main, Part, StartMain } from './Main';

/**
 * The rest of the extension, loaded and started when it is first used. Where that fails the user is told, everything is as it was
 * before, and the next use tries again.
 */
export class LateMain implements Part {
  private main: Main | undefined;
  private standIns: Part;

  constructor(
    /** loads the code, and does nothing else */
    private readonly load: () => StartMain,
    /** tells the user and the log why there is no such code or its start failed, and returns what whoever needs it gets thrown */
    private readonly failed: (thrown: unknown) => Error,
    /** registers what must be gone before the start, which registers the same: the commands */
    private readonly standIn: (main: LateMain) => Part,
  ) {
    this.standIns = standIn(this);
  }

  get isLoaded(): boolean {
    return this.main !== undefined;
  }

  /** The rest of the extension. @throws what `failed` returns */
  get(): Main {
    if (this.main !== undefined) return this.main;
    try {
      return (this.main = this.start(this.load()));
    } catch (thrown) {
      throw this.failed(thrown);
    }
  }

  /** The rest of the extension when it knows the jobs; undefined where it cannot be loaded or started. */
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

  /** Takes the stand-ins away; what was started belongs to whoever started it. */
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
