import type { SaveReport } from '../../dataset/captions/CaptionSaver';
import { errorMessage } from '../../protocol/channel/wireError';

/** Maximum number of failures per save in the log: with a full disk, every caption fails. The cards show all. */
const loggedFailures = 20;

/** What autosave needs of the document. */
export interface AutoSaved {
  /** its name in the log */
  readonly name: string;
  /** the time without edits after which it is saved (debounce), in milliseconds; 0 turns autosave off */
  readonly pause: number;
  /** Resolves when loading has finished: with `false` if the document was closed in the meantime. */
  ready(): Promise<boolean>;
  /** Writes all unsaved captions that can be written. */
  write(): Promise<SaveReport>;
  /** Clears the dirty mark if nothing is unsaved. @throws Error when VS Code could not do that */
  clearDirtyMark(): Promise<void>;
}

/** Autosave of a document, debounced: once, when no edit has come for a while. It shows no message to the user. */
export class AutoSave {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly saved: AutoSaved,
    private readonly log: { warn(line: string): void; error(line: string): void },
  ) {}

  /** Saves after `pause` milliseconds, unless it is scheduled again before that, or autosave is off. */
  schedule(pause = this.saved.pause): void {
    this.cancel();
    if (this.saved.pause > 0) this.timer = setTimeout(() => void this.save(), pause);
  }

  /** Cancels a scheduled save. */
  cancel(): void {
    clearTimeout(this.timer);
  }

  /** Saves now. If autosave is off, only clears the dirty mark of a document without edits. Logs errors. */
  async save(): Promise<void> {
    try {
      await (this.saved.pause === 0 ? this.saved.clearDirtyMark() : this.saveQuietly());
    } catch (thrown) {
      this.log.error(`Saving ${this.saved.name} failed: ${errorMessage(thrown)}`);
    }
  }

  /**
   * Saves now, even if autosave is off. The cards show which captions could not be written; if all were, the dirty
   * mark is cleared.
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
