import type { SaveReport } from '../../dataset/captions/CaptionSaver';
import { errorMessage } from '../../protocol/channel/wireError';

/** A full disk fails for every caption; the cards say it of each, the log of this many. */
const loggedFailures = 20;

/** What saves itself. */
export interface AutoSaved {
  /** as the log names it */
  readonly name: string;
  /** the pause after the last edit after which it is saved, in milliseconds; 0 turns saving off */
  readonly pause: number;
  /** Resolves when it can be saved: `false` if it was closed until then. */
  ready(): Promise<boolean>;
  /** Writes what can be written. */
  write(): Promise<SaveReport>;
  /** Clears the dirty mark if nothing is unsaved. @throws Error when VS Code could not do that */
  clearDirtyMark(): Promise<void>;
}

/** Saves a document by itself: once, when no edit has come for a while (debounced), and without a message. */
export class AutoSave {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly saved: AutoSaved,
    private readonly log: { warn(line: string): void; error(line: string): void },
  ) {}

  /** Saves after a pause, in milliseconds, unless another edit schedules it anew or saving is turned off. */
  schedule(pause = this.saved.pause): void {
    this.cancel();
    if (this.saved.pause > 0) this.timer = setTimeout(() => void this.save(), pause);
  }

  /** Drops what is scheduled. */
  cancel(): void {
    clearTimeout(this.timer);
  }

  /** Saves quietly now unless saving is turned off; then only the mark of a document without edits is cleared. */
  async save(): Promise<void> {
    try {
      await (this.saved.pause === 0 ? this.saved.clearDirtyMark() : this.saveQuietly());
    } catch (thrown) {
      this.log.error(`Saving ${this.saved.name} failed: ${errorMessage(thrown)}`);
    }
  }

  /**
   * Writes now what can be written, without a message: the cards say what could not. Clears the dirty mark if all was.
   * @throws Error when VS Code could not clear the mark
   */
  async saveQuietly(): Promise<void> {
    this.cancel();
    if (!(await this.saved.ready())) return;
    const { failures } = await this.saved.write();
    for (const { path: file, reason } of failures.slice(0, loggedFailures)) {
      this.log.warn(`Not saved: ${file}: ${reason}`);
    }
    if (failures.length > loggedFailures) this.log.warn(`Not saved: ${failures.length - loggedFailures} more`);
    await this.saved.clearDirtyMark();
  }

  dispose(): void {
    this.cancel();
  }
}
