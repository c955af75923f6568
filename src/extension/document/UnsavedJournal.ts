import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { errno } from '../../base/errno';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import {
  identityText,
  isAlive,
  parseIdentity,
  placeText,
  processAt,
  thisProcess,
} from '../../base/machine/processIdentity';
import { SerialQueue } from '../../base/SerialQueue';
import { Disposable } from '../shared/Disposable';
import { JournalFile, readUnsavedEdits, type Unsaved } from './JournalFile';

/** Minimum pause between two writes, in milliseconds: with few unsaved captions, a key is on disk this much later. */
const writePause = 20;
/** With many unsaved captions, the pause is this many times as long as the last write took. */
const pauseForWork = 3;
/** Interval of the heartbeat (a new modification time) of a journal that is not empty, in milliseconds. */
const heartbeat = 5_000;
/**
 * A journal whose last heartbeat is older than this has lost its owner, in milliseconds, if the owner has a process id
 * that is in use and perhaps not by the owner: a computer may have been suspended.
 */
const ownerLost = 300_000;
/**
 * The same for an owner on another machine or in another container, in milliseconds: its clock may differ, and network
 * file systems report times late.
 */
const remoteOwnerLost = 120_000;
/** A journal whose time is before this was left to whoever comes next, in milliseconds since 1970: 1990. */
const leftBefore = Date.UTC(1990);
/** What closed or crashed windows left behind of a dataset. */
export interface LeftBehind {
  edits: UnsavedEdit[];
  /** their journals, to be removed once another one has the edits */
  files: string[];
  /** whether there are journals of other machines or containers, of which it shows only later whether they are left */
  mayBeMore: boolean;
}

/**
 * The owner's identity, then a part that is different for each of its journals; the same with a process id only in
 * version 0.1.0.
 */
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
    this.beat = setInterval(() => void this.giveSign(), heartbeat);
  }

  /**
   * The unsaved edits of a dataset that closed or crashed windows left behind, the latest of each caption, and their
   * journals, which the caller removes once its own journal has these edits. A journal that cannot be read is reported
   * to `onError` and left in place.
   */
  static async adopt(storageFolder: string, dataset: string, onError: (error: unknown) => void): Promise<LeftBehind> {
    const folder = folderOf(storageFolder, dataset);
    const left: { file: string; changed: number; edits: UnsavedEdit[] }[] = [];
    let mayBeMore = false;
    for (const name of await readdir(folder).catch(() => [])) {
      const file = path.join(folder, name);
      try {
        const { mtimeMs, ctimeMs } = await stat(file);
        const owned = ownership(file, mtimeMs);
        mayBeMore ||= owned === 'unclear';
        if (owned !== 'left') continue;
        // A journal that was being compacted: the original is still there.
        const edits = name.endsWith('.tmp') ? [] : await readUnsavedEdits(file);
        // Not the modification time, which a window sets back when it leaves a journal.
        left.push({ file, changed: ctimeMs, edits });
      } catch (thrown) {
        // Its owner has removed it, or another window.
        if (errno(thrown) !== 'ENOENT') onError(thrown);
      }
    }
    const edits = new Map<string, UnsavedEdit>();
    left.sort((a, b) => a.changed - b.changed);
    for (const edit of left.flatMap((journal) => journal.edits)) edits.set(edit.captionPath, edit);
    return { edits: [...edits.values()], files: left.map(({ file }) => file), mayBeMore };
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

  /** A heartbeat; also finds out that another window took the journal away, and writes it anew. */
  private async giveSign(): Promise<void> {
    if (!this.file.isThere) return;
    try {
      const now = new Date();
      await utimes(this.file.file, now, now);
    } catch (thrown) {
      if (errno(thrown) === 'ENOENT') await this.flush().catch(this.onError);
      else this.onError(thrown);
    }
  }

  private async end(): Promise<void> {
    const { last, file } = this;
    if (last === undefined) return file.remove();
    let isSaved = false;
    try {
      // A crash in the middle of the last writes, too, must find the edits here.
      await file.follow(this.unsaved()).catch(this.onError);
      isSaved = await last;
      if (!isSaved) await file.follow(this.unsaved());
    } finally {
      // Also what is as old as the disk let it be must be there for the next window, or this one's next document.
      await (isSaved ? file.remove() : file.leave());
    }
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
 * Whether a window that lives has a journal. `unclear`: it is on another machine or in another container, and has given
 * a sign of life lately.
 * @param modified its last heartbeat, in milliseconds since 1970
 */
function ownership(file: string, modified: number): 'owned' | 'unclear' | 'left' {
  if (modified < leftBefore) return 'left';
  const name = path.basename(file);
  // The names of version 0.1.0 begin with a process id of which no more is known.
  const owner = parseIdentity(journalName.exec(name)?.[1] ?? '') ?? processAt(placeText(), Number.parseInt(name, 10));
  const age = Date.now() - modified;
  switch (isAlive(owner, modified, file)) {
    case 'dead':
      return 'left';
    case 'alive':
      return 'owned';
    case 'likely':
      return age < ownerLost ? 'owned' : 'left';
    case 'unknown':
      return age < remoteOwnerLost ? 'unclear' : 'left';
  }
}
