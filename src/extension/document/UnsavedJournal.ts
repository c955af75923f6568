import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import { identityText, isAlive, parseIdentity, placeText, processAt, thisProcess } from '../../base/processIdentity';
import { SerialQueue } from '../../base/SerialQueue';
import { Disposable } from '../shared/Disposable';
import { JournalFile, readUnsavedEdits, type Unsaved } from './JournalFile';

/** Minimum pause between two writes, in milliseconds: with few unsaved captions, a key is on disk this much later. */
const writePause = 20;
/** With many unsaved captions, the pause is this many times as long as the last write took. */
const pauseForWork = 3;
/** Interval of the heartbeat (a new modification time) of a journal that is not empty, in milliseconds. */
const heartbeat = 5_000;
/** A journal whose last heartbeat is older than this has lost its owner, in milliseconds. */
const ownerLost = 15_000;
/**
 * The same for an owner on another machine or in another container, in milliseconds: its clock may differ, and network
 * file systems tell times late.
 */
const remoteOwnerLost = 30_000;
/** The owner's identity, then what tells its journals apart; the same with a process id only in version 0.1.0. */
const journalName = /^(.+)-[0-9a-f]{8}\.jsonl(?:\.tmp)?$/;

/**
 * Keeps the unsaved captions of one open dataset on disk, a moment after each key. VS Code's own backups are written a
 * second later and are not always restored after a crash or a reload in the browser; typed text must survive those too.
 */
export class UnsavedJournal extends Disposable {
  private readonly file: JournalFile;
  private readonly beat: NodeJS.Timeout;
  /** whether edits were made or saved since the last write began */
  private isStale = false;
  private isKeepingUp = false;
  /** set when the dataset is closed while its last edits are being written: whether they are */
  private last: Promise<boolean> | undefined;
  private readonly writes = new SerialQueue();

  constructor(
    storageFolder: string,
    dataset: string,
    private readonly unsaved: () => Iterable<Unsaved>,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
    const name = `${identityText(thisProcess())}-${randomBytes(4).toString('hex')}.jsonl`;
    this.file = new JournalFile(path.join(folderOf(storageFolder, dataset), name));
    this.beat = setInterval(() => {
      const now = new Date();
      if (this.file.isThere) utimes(this.file.file, now, now).catch(onError);
    }, heartbeat);
  }

  /**
   * The unsaved edits of a dataset that closed or crashed windows left behind, and their journals, which the caller
   * removes once its own journal has these edits. A journal that cannot be read is reported to `onError` and left in
   * place.
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
    for (const name of names) {
      const file = path.join(folder, name);
      try {
        const { mtimeMs } = await stat(file);
        if (isOwned(name, Date.now() - mtimeMs)) continue;
        // A journal that was being compacted: the original is still there.
        if (!name.endsWith('.tmp')) {
          for (const edit of await readUnsavedEdits(file)) edits.set(edit.captionPath, edit);
        }
        files.push(file);
      } catch (thrown) {
        onError(thrown);
      }
    }
    return { edits: [...edits.values()], files };
  }

  /** Must be called when edits were made or saved. */
  update(): void {
    if (this.isDisposed) return;
    this.isStale = true;
    if (!this.isKeepingUp) void this.keepUp();
  }

  /** Writes the unsaved edits now. @throws errors of the disk */
  flush(): Promise<void> {
    return this.writes.run(() => (this.isDisposed ? undefined : this.file.follow(this.unsaved())));
  }

  /** Before {@link dispose}: the journal is removed only if the last edits are written, else it is left. */
  endAfter(last: Promise<boolean>): void {
    this.last = last;
  }

  /** Removes the journal: its edits are saved or were dropped. */
  override dispose(): void {
    super.dispose();
    clearInterval(this.beat);
    this.writes.run(() => this.end()).catch(this.onError);
  }

  private async end(): Promise<void> {
    const { last, file } = this;
    if (last === undefined) return file.remove();
    // A crash in the middle of the last writes, too, must find the edits here.
    await file.follow(this.unsaved());
    if (await last) return file.remove();
    await file.follow(this.unsaved());
    await file.leave();
  }

  /** Writes the first edit at once, and throttles those that follow. */
  private async keepUp(): Promise<void> {
    this.isKeepingUp = true;
    while (this.isStale && !this.isDisposed) {
      this.isStale = false;
      const start = performance.now();
      await this.flush().catch(this.onError);
      await sleep(Math.max(writePause, pauseForWork * (performance.now() - start)));
    }
    this.isKeepingUp = false;
  }
}

function folderOf(storageFolder: string, dataset: string): string {
  return path.join(storageFolder, 'unsaved', createHash('sha256').update(dataset).digest('hex').slice(0, 32));
}

/**
 * Whether the window that writes a journal still lives.
 * @param age milliseconds since its last heartbeat
 */
function isOwned(name: string, age: number): boolean {
  // The names of version 0.1.0 begin with a process id of which no more is known.
  const owner = parseIdentity(journalName.exec(name)?.[1] ?? '') ?? processAt(placeText(), Number.parseInt(name, 10));
  switch (isAlive(owner, Date.now() - age)) {
    case 'dead':
      return false;
    case 'alive':
      return age < ownerLost;
    case 'unknown':
      return age < remoteOwnerLost;
  }
}
