import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { UnsavedEdit } from '../dataset/unsavedEdit';
import { Disposable } from './Disposable';

/** The journal follows the keys at most this much later, in milliseconds. */
const writePause = 20;
/** While it holds something, a journal shows in this rhythm that its owner lives, in milliseconds. */
const heartbeat = 5_000;
/** A journal without a heartbeat for so long has lost its owner, in milliseconds. */
const ownerLost = 15_000;

/**
 * Unsaved captions of one open dataset, on disk a moment after each key. VS Code's own backups come a second later and
 * are not always offered again after a crash or a reload in the browser; what was typed must survive those too.
 */
export class UnsavedJournal extends Disposable {
  private readonly file: string;
  private timer: NodeJS.Timeout | undefined;
  private readonly beat: NodeJS.Timeout;
  private holdsEdits = false;
  /** edits were made or saved since the last write began */
  private isStale = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    storageFolder: string,
    dataset: string,
    private readonly unsavedEdits: () => UnsavedEdit[],
    private readonly onError: (error: unknown) => void,
  ) {
    super();
    const name = `${String(process.pid)}-${randomBytes(4).toString('hex')}.json`;
    this.file = path.join(folderOf(storageFolder, dataset), name);
    this.beat = setInterval(() => {
      const now = new Date();
      if (this.holdsEdits) utimes(this.file, now, now).catch(onError);
    }, heartbeat);
  }

  /**
   * The unsaved edits of a dataset that windows left behind which are gone; their journals are removed once these edits
   * are in the journal of the caller. A journal that cannot be read stays where it is and stops nothing.
   */
  static async adopt(
    storageFolder: string,
    dataset: string,
    onError: (error: unknown) => void,
  ): Promise<{ edits: UnsavedEdit[]; files: string[] }> {
    const folder = folderOf(storageFolder, dataset);
    const names = await readdir(folder).catch(() => []);
    const edits = new Map<string, UnsavedEdit>();
    const files: string[] = [];
    for (const name of names.filter((candidate) => candidate.endsWith('.json'))) {
      const file = path.join(folder, name);
      try {
        const { mtimeMs } = await stat(file);
        if (Date.now() - mtimeMs < ownerLost && isAlive(Number.parseInt(name, 10))) continue;
        for (const edit of JSON.parse(await readFile(file, 'utf8')) as UnsavedEdit[]) edits.set(edit.captionPath, edit);
        files.push(file);
      } catch (thrown) {
        onError(thrown);
      }
    }
    return { edits: [...edits.values()], files };
  }

  /** Says that edits were made or saved. */
  update(): void {
    if (this.isDisposed) return;
    this.isStale = true;
    // The first key is written at once, those that follow together.
    if (this.timer === undefined) this.writeAndPause();
  }

  /** Writes at once. */
  async flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  /** Removes the journal: the edits are saved or were given up. */
  override dispose(): void {
    super.dispose();
    clearTimeout(this.timer);
    clearInterval(this.beat);
    void this.writing.then(() => rm(this.file, { force: true })).catch(this.onError);
  }

  private writeAndPause(): void {
    this.isStale = false;
    this.writing = this.writing.then(() => this.write()).catch(this.onError);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.isStale) this.writeAndPause();
    }, writePause);
  }

  private async write(): Promise<void> {
    if (this.isDisposed) return;
    const edits = this.unsavedEdits();
    if (edits.length === 0) {
      if (this.holdsEdits) await rm(this.file, { force: true });
      this.holdsEdits = false;
      return;
    }
    await mkdir(path.dirname(this.file), { recursive: true });
    const temporary = `${this.file}.tmp`;
    await writeFile(temporary, JSON.stringify(edits));
    await rename(temporary, this.file);
    this.holdsEdits = true;
  }
}

function folderOf(storageFolder: string, dataset: string): string {
  return path.join(storageFolder, 'unsaved', createHash('sha256').update(dataset).digest('hex').slice(0, 32));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
