import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as l10n from '@vscode/l10n';
import pMap from 'p-map';
import { KeyedQueue } from '../../base/KeyedQueue';
import type { Caption } from './Caption';
import { readCaptionFile, saveCaptionFile } from './captionFile';
import type { FileWriter } from '../files/FileWriter';
import { syncFolder } from '../files/writeFileSafely';

/** The result of a save. */
export interface SaveReport {
  saved: number;
  /** captions that are still not saved: conflicts and files that could not be written */
  failures: { path: string; reason: string }[];
}

/** Progress of the running saves. */
export interface SaveProgress {
  done: number;
  total: number;
}

/**
 * Maximum number of writes in flight: enough for all threads, few enough that an edit undone meanwhile is often not
 * written at all.
 */
const filesAtATime = 512;
const foldersAtATime = 16;
/** Throttle of progress events while many captions are saved, in milliseconds. */
const progressInterval = 50;

/**
 * Reads and writes caption files. Operations on the same caption are serialized, because a read that began before a
 * write would return stale content.
 */
export class CaptionSaver {
  private readonly turns = new KeyedQueue<Caption>();
  private readonly watchers = new Set<Set<Caption>>();
  private running = 0;
  private done = 0;
  private total = 0;
  private lastNotified = 0;

  constructor(
    private readonly absolute: (relative: string) => string,
    private readonly writer: FileWriter,
    /** called when the state of captions changed */
    private readonly changed: () => void,
  ) {}

  /** Progress of the running saves; undefined when none is running. */
  get progress(): SaveProgress | undefined {
    return this.running === 0 ? undefined : { done: this.done, total: this.total };
  }

  /** Whether the file of a caption is being read or written, or waits for that. */
  isBusy(caption: Caption): boolean {
    return this.turns.isBusy(caption);
  }

  /** Returns a set that receives every caption that is read or written from now on, until {@link unwatchTurns}. */
  watchTurns(): Set<Caption> {
    const watcher = new Set<Caption>();
    this.watchers.add(watcher);
    return watcher;
  }

  unwatchTurns(watcher: Set<Caption>): void {
    this.watchers.delete(watcher);
  }

  /** Reads the file of a caption. */
  read(caption: Caption): Promise<void> {
    const file = this.absolute(caption.path);
    return this.inTurn(caption, () => readCaptionFile(caption, file, this.writer.unsavedText?.(file)));
  }

  /** Writes every caption that has edits and can be written. */
  async save(captions: readonly Caption[]): Promise<SaveReport> {
    const failures: SaveReport['failures'] = [];
    const folders = new Set<string>();
    const save = async (caption: Caption): Promise<void> => {
      await this.inTurn(caption, () => this.write(caption, this.notifyThrottled));
      if (caption.inConflict) failures.push({ path: caption.path, reason: l10n.t('Changed by another program.') });
      else if (caption.failure !== undefined) failures.push({ path: caption.path, reason: caption.failure.message });
      else folders.add(path.dirname(this.absolute(caption.path)));
      this.done++;
      this.notifyThrottled();
    };
    this.running++;
    this.total += captions.length;
    try {
      await pMap(captions, save, { concurrency: filesAtATime });
      await pMap(folders, syncFolder, { concurrency: foldersAtATime });
    } finally {
      this.running--;
      if (this.running === 0) this.done = this.total = 0;
      if (captions.length > 0) this.changed();
    }
    return { saved: captions.length - failures.length, failures };
  }

  /**
   * Writes one caption; to be called only in a task of {@link inTurn}. Returns whether the file now holds what the
   * caption held when the write began.
   */
  write(caption: Caption, onStart = this.changed): Promise<boolean> {
    return saveCaptionFile(caption, this.absolute(caption.path), this.writer, onStart);
  }

  /** Runs a task while nothing else reads or writes the caption's file. */
  inTurn<T>(caption: Caption, task: () => Promise<T>): Promise<T> {
    for (const watcher of this.watchers) watcher.add(caption);
    return this.turns.run(caption, task);
  }

  private readonly notifyThrottled = (): void => {
    const now = performance.now();
    if (now - this.lastNotified < progressInterval) return;
    this.lastNotified = now;
    this.changed();
  };
}
